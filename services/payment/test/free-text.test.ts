import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const TYPED = "Ana, 529.982.247-25, cartão 5031 4332 1540 6351, ana.souza@exemplo.com.br";

/** Everything that is held of a charge, and everything that staff is told. */
async function allOf(id: string): Promise<string> {
  const flow = await harness.call("GET", `/payments/${id}/transactions`, { as: "admin" });
  const refunds = await harness.call("GET", `/payments/${id}/refunds`, { as: "admin" });
  return [JSON.stringify(await harness.store.get(id)), flow.body, refunds.body].join("\n");
}

describe("the reason that staff give", () => {
  it("when a CPF, a card number or an e-mail stands in it, then it is kept as ***", async () => {
    const [paid, open] = [
      await harness.request({ method: "counter", amount_cents: 2_000 }),
      await harness.request({ method: "counter", amount_cents: 2_000 }),
    ];
    const till = { as: "cashier", body: { tender: "cash" } } as const;
    expect((await harness.call("POST", `/payments/${paid.id}/receive`, till)).statusCode).toBe(200);
    const refund = { as: "admin", body: { amount_cents: 500, reason: TYPED } } as const;
    expect((await harness.call("POST", `/payments/${paid.id}/refunds`, refund)).statusCode).toBeLessThan(300);
    const cancel = { as: "admin", body: { reason: TYPED } } as const;
    expect((await harness.call("POST", `/payments/${open.id}/cancel`, cancel)).statusCode).toBe(200);
    for (const { id } of [paid, open]) {
      const all = await allOf(id);
      for (const trace of ["982.247", "5031", "ana.souza"]) expect(all.includes(trace), trace).toBe(false);
      expect(all).toContain("Ana, ***, cartão ***, ***");
    }
  });
});
