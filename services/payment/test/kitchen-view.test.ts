import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
const customer = newId();
let charge: { readonly id: string; readonly order_id: string; readonly qr_code: string; readonly provider_id: string };
beforeAll(async () => {
  harness = await startHarness();
  charge = await harness.request({ customer_id: customer });
});
afterAll(() => harness.close());

const read = (url: string) => harness.call("GET", url, { as: "kitchen" });

/** What would tell the kitchen a price, a person, or a way to either. */
function traces(body: string): readonly string[] {
  const traced = [
    "_cents",
    "customer",
    customer,
    ":4290",
    "42,90",
    charge.qr_code,
    charge.provider_id,
    "end_to_end",
    "balance",
  ];
  return traced.filter((each) => body.includes(each));
}

describe("what the kitchen reads of payments (ADR 0030)", () => {
  it("when it asks how a charge stands, open or paid, then it learns that, and neither price nor person", async () => {
    const open = await read(`/payments/${charge.id}`);
    expect(open.json()).toMatchObject({ id: charge.id, order_id: charge.order_id, status: "pending", method: "qr" });
    await harness.pay({ qr_code: charge.qr_code });
    await harness.becomes(charge.id, "approved");
    const paid = await read(`/payments/${charge.id}`);
    expect(paid.json()).toMatchObject({ status: "approved", approved_at: expect.any(String) });
    const list = await read(`/payments/?order_id=${charge.order_id}`);
    expect(list.json().items).toEqual([paid.json()]);
    for (const answer of [open, paid, list]) expect(traces(answer.body)).toEqual([]);
  });

  it("when it reads the flow, then what to do with the food, when and what kind of steps; no money and no words", async () => {
    const waiting = await harness.request();
    const flow = await read(`/payments/${waiting.id}/transactions`);
    expect(flow.json().situation).toEqual({ code: "waiting", summary: "Aguardando o pagamento de R$ ***." });
    const { items } = flow.json();
    expect(items.length).toBeGreaterThan(2);
    for (const step of items) expect(Object.keys(step).sort()).toEqual(["at", "code", "kind"]);
    const done = await read(`/payments/${charge.id}/transactions`);
    expect(done.json().items.map(({ kind }: { kind: string }) => kind)).not.toContain("money");
    for (const answer of [flow, done]) expect(traces(answer.body)).toEqual([]);
  });

  it("when it asks about a person or about money alone, then 403", async () => {
    for (const url of [
      `/payments/?customer_id=${customer}`,
      `/payments/${charge.id}/refunds`,
      `/payments/balance?order_id=${charge.order_id}`,
    ]) {
      expect((await read(url)).json()).toMatchObject({ status: 403, code: "forbidden" });
    }
  });
});
