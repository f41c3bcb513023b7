import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

const writtenOf = async (id: string) =>
  (await harness.store.audit.list({ targetId: id, limit: 50 })).map(({ content }) => JSON.parse(content)).reverse();

describe("what payment writes into the audit trail", () => {
  it("when money is taken at the counter, then it is asked before and said after", async () => {
    const { id } = await harness.request({ method: "counter" });
    const cashier = newId();
    const body = { tender: "cash", received_cents: 100_000 };
    const answer = await harness.call("POST", `/payments/${id}/receive`, {
      as: { role: "cashier", subject: cashier },
      body,
    });
    expect(answer.statusCode).toBe(200);
    expect(await writtenOf(id)).toMatchObject([
      { action: "receive-at-counter", outcome: "asked", actor: { id: cashier, role: "cashier" } },
      { action: "receive-at-counter", outcome: "ok", actor: { id: cashier }, details: { tender: "cash" } },
    ]);
  });

  it("when a refund is refused, then that stands there too", async () => {
    const { id } = await harness.request({ method: "counter" });
    const answer = await harness.call("POST", `/payments/${id}/refunds`, { as: "admin", body: { amount_cents: 1 } });
    expect(answer.statusCode).toBe(409);
    expect(await writtenOf(id)).toMatchObject([
      { action: "refund-charge", outcome: "asked" },
      { action: "refund-charge", outcome: "refused", details: { amount_cents: 1 } },
    ]);
  });

  it("when the order service cancels a charge, then nothing is written: it has an account of its own doing", async () => {
    const { id } = await harness.request({ method: "counter" });
    expect((await harness.call("POST", `/payments/${id}/cancel`, { as: "service" })).statusCode).toBe(200);
    expect(await writtenOf(id)).toEqual([]);
  });

  it("when the trail cannot be written, then no money moves", async () => {
    const { id } = await harness.request({ method: "counter" });
    await harness.database.pool.query("alter table audit_trail rename to audit_trail_gone");
    const body = { tender: "card" };
    const answer = await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body });
    await harness.database.pool.query("alter table audit_trail_gone rename to audit_trail");
    expect(answer.statusCode).toBe(500);
    expect((await harness.store.get(id))?.status).toBe("pending");
  });

  it("when an administrator reads and verifies it, then there it is, and intact", async () => {
    const page = (await harness.call("GET", "/audit/payment?action=receive-at-counter", { as: "admin" })).json();
    expect(page.items[0].entry.action).toBe("receive-at-counter");
    const verdict = (await harness.call("GET", "/audit/payment/verification", { as: "admin" })).json();
    expect(verdict).toMatchObject({ is_intact: true, first_bad: null });
  });
});
