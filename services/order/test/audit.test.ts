import { auditGaps } from "@comanda/testing/audited-routes";
import { noteRoutes } from "@comanda/testing/noted-routes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
let audited: ReadonlySet<string>;
beforeAll(async () => {
  ({ started: harness, audited } = await noteRoutes(() => startOrderingHarness()));
});
afterAll(() => harness.close());

async function writtenOf(id: string) {
  const read = "select content from audit_trail where target_id = $1 order by seq";
  const { rows } = await harness.database.pool.query(read, [id]);
  return rows.map(({ content }) => JSON.parse(content));
}

describe("what order writes into the audit trail", () => {
  it("when a route changes something, then it is audited, or says why not", () => {
    expect(auditGaps("order", audited)).toEqual([]);
  });

  it("when a product is made, repriced and removed, then who did, which fields, and both prices", async () => {
    const { id } = await makeProduct(harness, { price_cents: 1990 });
    const headers = await harness.as("manager");
    await harness.call("PATCH", `/products/${id}`, {
      headers,
      payload: { price_cents: 2190, description: "Com queijo" },
    });
    await harness.app.inject({ method: "DELETE", url: `/products/${id}`, headers });
    expect(await writtenOf(id)).toMatchObject([
      { action: "create-product", outcome: "ok", actor: { role: "admin" }, details: { price_cents: 1990 } },
      {
        action: "edit-product",
        actor: { role: "manager" },
        details: { fields: ["description", "price_cents"], price_cents: 2190, price_cents_before: 1990 },
      },
      { action: "delete-product", target: { kind: "products", id } },
    ]);
  });

  it("when the same product is asked for twice under one key, then it stands there once", async () => {
    const { id, category_id: category } = await makeProduct(harness);
    const headers = { ...(await harness.as("admin")), "idempotency-key": "one-key-for-one-product" };
    const payload = { name: "X-Egg", price_cents: 2500, category_id: category };
    const [first, again] = [
      await harness.app.inject({ method: "POST", url: "/products", headers, payload }),
      await harness.app.inject({ method: "POST", url: "/products", headers, payload }),
    ];
    expect([first.statusCode, again.statusCode, again.headers["idempotency-replayed"]]).toEqual([201, 201, "true"]);
    expect(await writtenOf(first.json().id)).toHaveLength(1);
    expect(await writtenOf(id)).toHaveLength(1);
  });

  it("when a change cannot be written into the trail, then it is not made", async () => {
    const { id } = await makeProduct(harness, { price_cents: 1990 });
    await harness.database.pool.query("alter table audit_trail rename to audit_trail_gone");
    const headers = await harness.as("admin");
    const answer = await harness.call("PATCH", `/products/${id}`, { headers, payload: { price_cents: 1 } });
    await harness.database.pool.query("alter table audit_trail_gone rename to audit_trail");
    expect(answer.statusCode).toBe(500);
    expect((await harness.call("GET", `/products/${id}`)).json().price_cents).toBe(1990);
  });

  it("when an order is called off by the counter, then it stands there; by its guest, or cooked, it does not", async () => {
    const [called, own, cooked] = [await harness.placed(), await harness.placed(), await harness.paid()];
    await harness.call("POST", `/orders/${called.id}/cancel`, { headers: await harness.as("cashier") });
    await harness.patch(cooked.id, { status: "preparing" }, "kitchen");
    await harness.patch(cooked.id, { status: "rejected", reason: "acabou" }, "admin");
    expect(await writtenOf(called.id)).toMatchObject([
      { action: "cancel-order", outcome: "ok", actor: { role: "cashier" }, details: { total_cents: 4290 } },
    ]);
    expect(await writtenOf(cooked.id)).toMatchObject([
      { action: "change-order-status", outcome: "ok", actor: { role: "admin" }, details: { status: "rejected" } },
    ]);
    expect(await writtenOf(own.id)).toEqual([]);
  });

  it("when an administrator reads and verifies it, then there it is, and intact", async () => {
    const headers = await harness.as("admin");
    const page = (await harness.call("GET", "/audit/order?action=edit-product&limit=1", { headers })).json();
    expect(page.items[0].entry).toMatchObject({ action: "edit-product" });
    const verdict = (await harness.call("GET", "/audit/order/verification", { headers })).json();
    expect(verdict).toMatchObject({ is_intact: true, first_bad: null });
  });
});
