import { describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { harmlessParts } from "./redaction.ts";
import { requestIdFrom } from "./tracing.ts";

describe("what a refusal repeats of a request", () => {
  it.each([
    "/customers/0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a10",
    "/.well-known/oauth-authorization-server",
    "/items/0/slots/12",
    "/orders/1234567",
  ])("when it is %s, then all of it", (path) => expect(harmlessParts(path)).toBe(path));

  it.each([
    "52998224725",
    "529.982.247-25",
    "rosa@exemplo.com.br",
    "rosa%40exemplo.com.br",
    "%35%32998224725",
    "%2B5511987650192",
    "5031433215406351",
    "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  ])("when a part is %s, then not that part", (part) =>
    expect(harmlessParts(`/customers/${part}/export`)).toBe("/customers/redacted/export"),
  );

  it.each(["52998224725", "5031433215406351", "guest-529.982.247-25"])(
    "when the request's id is %s, then it gets another",
    (id) => expect(requestIdFrom(id, () => "ours")).toBe("ours"),
  );
});

describe("what a log line holds", () => {
  it("when the digits of a trace id happen to be a CPF's, then the id stays; a CPF beside other letters does not", () => {
    const lines: string[] = [];
    const log = createLogger({ service: "test", destination: { write: (line) => void lines.push(line) } });
    log.info({ trace_id: "b4ce52998224725e9ed41dc3ec525d30" }, "CPF52998224725 na nota");
    expect(lines[0]).toContain('"trace_id":"b4ce52998224725e9ed41dc3ec525d30"');
    expect(lines[0]).toContain("CPF[cpf] na nota");
  });

  it("when a text would begin a new line somewhere, then it stays in its own, and is the same text", () => {
    const text = "x\n\r\u0085\u2028\u2029\u001b[2K\u009b2J\u007fé漢";
    const lines: string[] = [];
    createLogger({ service: "test", destination: { write: (line) => void lines.push(line) } }).info({ text }, text);
    const [line = ""] = lines;
    expect(lines).toHaveLength(1);
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(line)).toMatchObject({ text, msg: text });
  });
});
