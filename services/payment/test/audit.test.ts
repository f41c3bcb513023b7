import { newId } from "@comanda/primitives";
import { auditGaps } from "@comanda/testing/audited-routes";
import { noteRoutes } from "@comanda/testing/noted-routes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
let audited: ReadonlySet<string>;
beforeAll(async () => {
  ({ started: harness, audited } = await noteRoutes(() => startHarness({ isBackgroundOn: false })));
});
afterAll(() => harness.close());

const writtenOf = async (id: string) =>
  (await harness.store.audit.list({ targetId: id, limit: 50 })).map(({ content }) => JSON.parse(content)).reverse();

describe("what payment writes into the audit trail", () => {
  it("when a route changes something, then it is audited, or says why not", () => {
    expect(auditGaps("payment", audited)).toEqual([]);
  });

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

  it("when lines are given back, then which, and what they came to", async () => {
    const items = [{ id: "x-salada", title: "X-Salada", quantity: 2, unit_price_cents: 1_500 }];
    const { id } = await harness.request({ method: "counter", amount_cents: 3_000, items });
    await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body: { tender: "cash" } });
    const body = { items: [{ id: "x-salada", quantity: 1 }] };
    const answer = await harness.call("POST", `/payments/${id}/refunds`, { as: "admin", body });
    expect(answer.statusCode).toBe(201);
    expect((await writtenOf(id)).at(-1)).toMatchObject({
      action: "refund-charge",
      outcome: "ok",
      details: { amount_cents: 1_500, items: ["1 × x-salada"] },
    });
  });

  it("when all that is left is given back, then how much that was", async () => {
    const { id } = await harness.request({ method: "counter", amount_cents: 3_000 });
    await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body: { tender: "cash" } });
    await harness.call("POST", `/payments/${id}/refunds`, { as: "admin" });
    expect((await writtenOf(id)).at(-1)).toMatchObject({ action: "refund-charge", details: { amount_cents: 3_000 } });
  });

  it("when the payments of one person are looked at, then whose, and which; not when the day's are", async () => {
    const guest = newId();
    const { id } = await harness.request({ method: "counter", customer_id: guest });
    await harness.call("GET", `/payments/?customer_id=${guest}`, { as: "cashier" });
    await harness.call("GET", "/payments/", { as: "cashier" });
    await harness.call("GET", `/payments/?customer_id=${guest}`, { as: { role: "customer", subject: guest } });
    expect(await writtenOf(guest)).toMatchObject([
      { action: "list-charges", actor: { role: "cashier" }, target: { kind: "customers" }, details: { ids: [id] } },
    ]);
    expect(await harness.store.audit.list({ action: "list-charges", limit: 9 })).toHaveLength(1);
  });

  it("when a device's place is said, then whose terminal stands there; and not at all without the trail", async () => {
    const [device, other] = [newId(), newId()];
    const put = (id: string) =>
      harness.call("PUT", `/payments/points_of_sale/${id}`, { as: "admin", body: { external_pos_id: "TOTEM1" } });
    await put(device);
    expect((await writtenOf(device)).at(-1)).toMatchObject({
      action: "set-point-of-sale",
      target: { kind: "devices" },
      details: { external_pos_id: "TOTEM1", terminal_id: null },
    });
    await harness.database.pool.query("alter table audit_trail rename to audit_trail_gone");
    const answer = await put(other);
    await harness.database.pool.query("alter table audit_trail_gone rename to audit_trail");
    expect(answer.statusCode).toBe(500);
    const read = await harness.call("GET", `/payments/points_of_sale/${other}`, { as: "admin" });
    expect(read.body).not.toContain("TOTEM1");
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
