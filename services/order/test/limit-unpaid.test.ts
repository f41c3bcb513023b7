import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness({}, { UNPAID_ORDERS_MAX: 5 });
});
afterAll(() => harness.close());

const guest = (level: "anonymous" | "registered" = "anonymous", subject = newId()) =>
  harness.as({ role: "customer", level, subject });
const statuses = async (headers: Record<string, string>, count: number) => {
  const answers: number[] = [];
  for (let turn = 0; turn < count; turn += 1) answers.push((await harness.place({}, headers)).statusCode);
  return answers;
};

// Reliability OR-03 and S-18.
describe("unpaid orders of a guest", () => {
  it("when there are five, then the sixth is refused until one is called off", async () => {
    const headers = await guest();
    const { id } = await harness.placed({}, headers);
    expect(await statuses(headers, 4)).toEqual([201, 201, 201, 201]);
    const refused = await harness.place({}, headers);
    expect(refused.json()).toMatchObject({ status: 429, code: "too-many-unpaid-orders" });
    // The first of them gives up waiting after a quarter of an hour.
    expect(Number(refused.headers["retry-after"])).toBe(900);
    expect((await harness.call("POST", `/orders/${id}/cancel`, { headers, payload: {} })).statusCode).toBe(200);
    expect(await statuses(headers, 2)).toEqual([201, 429]);
  });

  it("when one is paid, then there is room for another", async () => {
    const headers = await guest("registered");
    await harness.paid({}, headers);
    expect(await statuses(headers, 6)).toEqual([201, 201, 201, 201, 201, 429]);
  });

  it("when twenty come at once, then five are taken", async () => {
    const headers = await guest();
    const answers = await Promise.all(Array.from({ length: 20 }, () => harness.place({}, headers)));
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(5);
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(15);
  });

  it("when the fifth is repeated under its key, then it is answered as before", async () => {
    const headers = await guest();
    expect(await statuses(headers, 4)).toEqual([201, 201, 201, 201]);
    const keyed = { ...headers, "idempotency-key": newId() };
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => harness.place({}, keyed)));
    for (const { statusCode, body } of others) expect([statusCode, body]).toEqual([201, first?.body]);
    expect(await statuses(headers, 1)).toEqual([429]);
  });

  // Whoever knows a CPF could keep its bearer from ordering otherwise.
  it("when somebody orders by a CPF alone, then only what that very token ordered is counted", async () => {
    const subject = newId();
    const byCpf = () => harness.as({ role: "customer", level: "identified", subject });
    expect(await statuses(await byCpf(), 6)).toEqual([201, 201, 201, 201, 201, 429]);
    expect(await statuses(await byCpf(), 1)).toEqual([201]);
    expect(await statuses(await guest("registered", subject), 1)).toEqual([201]);
  });

  it("when a totem or the counter orders, then as much as guests want", async () => {
    for (const who of [{ role: "device", kind: "kiosk" }, { role: "cashier" }] as const)
      expect(await statuses(await harness.as(who), 7)).toEqual(Array(7).fill(201));
  });
});
