import { describe, expect, it } from "vitest";
import { parseEmail } from "./email.ts";

describe("an e-mail address", () => {
  it.each([
    ["ana@exemplo.com.br", "ana@exemplo.com.br"],
    ["Ana.Souza+Pedido@Exemplo.COM", "ana.souza+pedido@exemplo.com"],
    ["admin@comanda.local", "admin@comanda.local"],
    ["o'neil@xn--caf-dma.com", "o'neil@xn--caf-dma.com"],
    [`${"a".repeat(64)}@b.com`, `${"a".repeat(64)}@b.com`],
  ])("when it is %s, then it is read in lower case", (text, address) => {
    const email = parseEmail(text);
    expect(email.ok && email.value.reveal()).toBe(address);
  });

  it.each([
    "a@@b.com",
    "a@b",
    "a@b.com\r\nBcc: x@y.z",
    "a b@c.com",
    '"<svg onload=1>"@x.com',
    "аdmin@comanda.local",
    "admin@\u212aomanda.local",
    ".a@b.com",
    "a..b@c.com",
    "a.@b.com",
    "a@-b.com",
    "a@b-.com",
    "a@b.com.",
    "a@127.0.0.1",
    "@b.com",
    "a@",
    "",
    `${"a".repeat(65)}@b.com`,
    `a@${"b".repeat(64)}.com`,
    `a@${"b.".repeat(130)}com`,
    "a".repeat(60_000),
    "__proto__",
  ])("when it is %j, then it is none", (text) => {
    expect(parseEmail(text).ok).toBe(false);
  });

  it("when it is printed, then only its first letter shows", () => {
    const email = parseEmail("ana@exemplo.com.br");
    if (!email.ok) throw new Error("expected an e-mail");
    expect(`${email.value} ${JSON.stringify(email.value)}`).toBe('a*** "a***"');
  });
});
