import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { run, type System, startSystem } from "@comanda/testing/system";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const TERMINAL = "NEWLAND_N950__SBX0000001";

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 90_000);
afterAll(() => system.stop(), 60_000);

/** Any JSON answer of the system's own. */
type Json = Record<string, never>;

async function call(method: string, url: string, more: { token?: string; body?: unknown; form?: object } = {}) {
  const { token, body, form } = more;
  const payload = form === undefined ? JSON.stringify(body) : new URLSearchParams(Object.entries(form)).toString();
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  const response = await fetch(url, {
    method,
    headers: {
      ...(payload === undefined ? {} : { "content-type": type }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      "idempotency-key": newId(),
    },
    ...(payload === undefined ? {} : { body: payload }),
  });
  return { status: response.status, body: (await response.json()) as Json }; // see Json
}
const web = (method: string, path: string, more?: Parameters<typeof call>[2]) => call(method, system.web + path, more);
const atTerminal = (path: string, body: unknown = {}) =>
  call("POST", `${system.sandbox}/sandbox/terminals/${TERMINAL}/${path}`, { body });

/** `npm run mercadopago` against the sandbox of the running system. */
async function mercadopago(...args: readonly string[]) {
  const variables = { DATA_DIR: system.dataDir, SANDBOX_PORT: new URL(system.sandbox).port };
  const { child, output } = run("scripts/mercadopago.ts", variables, args);
  await waitFor(() => child.exitCode !== null, { timeoutMs: 30_000, description: `the end of\n${output()}` });
  return { code: child.exitCode, output: output() };
}

/** A totem paired by an administrator, with a point of sale and the card terminal beside it. */
async function pairTotem(): Promise<string> {
  const form = { username: system.admin.email, password: system.admin.password };
  const admin = String((await web("POST", "/token", { form })).body["access_token"]);
  const device = (await web("POST", "/devices", { token: admin, body: { name: "Totem", kind: "kiosk" } })).body;
  const set = await web("PUT", `/payments/points_of_sale/${device["id"]}`, {
    token: admin,
    body: { external_pos_id: "COMANDA02", terminal_id: TERMINAL },
  });
  expect(set.status).toBe(200);
  const pairing = { grant_type: "urn:comanda:device", pairing_code: device["pairing_code"] };
  return String((await web("POST", "/token", { form: pairing })).body["access_token"]);
}

async function order(token: string) {
  const product = (await web("GET", "/products?q=batata+frita")).body["items"]?.[0]?.["id"];
  const body = { items: [{ product_id: product, quantity: 1 }], payment_method: "terminal" };
  return web("POST", "/orders/", { token, body });
}

describe("a guest at a totem with a card terminal", () => {
  it("when the shop is set up and a guest orders there, then the card pays the order", async () => {
    expect((await mercadopago("setup", "--kiosks", "2", "--yes")).output).toContain("feito: criar o caixa COMANDA02");
    const totem = await pairTotem();
    const guest = String((await web("POST", "/customers/anonymous", { token: totem })).body["access_token"]);
    const placed = await order(guest);
    expect(placed.status).toBe(201);
    const path = `/orders/${placed.body["id"]}`;
    const shows = (words: string) =>
      waitFor(
        async () => String((await web("GET", path, { token: guest })).body["payment"]?.["instruction"]).includes(words),
        { timeoutMs: 20_000, description: `the order to say "${words}"` },
      );
    await shows("enviada à maquininha");

    // The next guest does not have to wait for a time-out to learn it.
    const other = String((await web("POST", "/customers/anonymous", { token: totem })).body["access_token"]);
    expect((await order(other)).body["code"]).toBe("terminal-busy");

    await atTerminal("fetch");
    await shows("Siga as instruções na maquininha");
    await atTerminal("act", { action: "approve", method: "debit_card" });
    await waitFor(async () => (await web("GET", path, { token: guest })).body["status"] === "paid", {
      timeoutMs: 20_000,
      description: "the order to be paid",
    });
    expect((await order(other)).status).toBe(201);
  }, 90_000);

  it("when a phone asks for the totem's terminal, then there is none for it", async () => {
    const phone = String((await web("POST", "/customers/anonymous")).body["access_token"]);
    expect((await order(phone)).body["code"]).toBe("payment-method-unavailable");
  });

  it("when the doctor looks at the running system's account, then all is in order", async () => {
    const { code, output } = await mercadopago("doctor");
    expect(output).toContain("0 falhas");
    expect(code).toBe(0);
  }, 60_000);
});
