import { newId } from "@comanda/primitives";
import { fixedClock } from "@comanda/testing";
import { startMongoServer } from "@comanda/testing/mongo";
import { afterAll, describe, expect, it } from "vitest";
import { forgetOldCustomers } from "../src/use-cases/forget-old-customers.ts";
import { storesFor } from "./both-stores.ts";
import { type Harness, startHarness } from "./harness.ts";

const server = await startMongoServer();
afterAll(() => server?.stop());

const TYPED = "a Veroniquinha achou cabelo na coxinha";
const GIVEN_UP = "a Veroniquinha passou mal e foi embora";

/** A guest who got money back, and who left before paying for a second order; staff wrote down why. */
async function guestWithReasons(harness: Harness) {
  const customerId = newId();
  const ask = () => harness.request({ customer_id: customerId, method: "counter", amount_cents: 2_000 });
  const [paid, unpaid] = [await ask(), await ask()];
  const till = { as: "cashier", body: { tender: "cash" } } as const;
  await expect(harness.call("POST", `/payments/${paid.id}/receive`, till)).resolves.toMatchObject({ statusCode: 200 });
  await refund(harness, paid.id, TYPED);
  await refund(harness, paid.id);
  const cancel = { as: "admin", body: { reason: GIVEN_UP } } as const;
  const cancelled = await harness.call("POST", `/payments/${unpaid.id}/cancel`, cancel);
  expect(cancelled.statusCode).toBe(200);
  return { customerId, paid: paid.id as string, unpaid: unpaid.id as string };
}

async function refund(harness: Harness, id: string, reason?: string): Promise<void> {
  const body = { amount_cents: 500, ...(reason === undefined ? {} : { reason }) };
  const answer = await harness.call("POST", `/payments/${id}/refunds`, { as: "admin", body });
  expect(answer.statusCode).toBeLessThan(300);
}

/** Everything that is held of the charges, and everything that staff are told of them. */
async function allOf(harness: Harness, ids: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    ids.flatMap((id) => [
      harness.store.get(id).then((charge) => JSON.stringify(charge)),
      harness.call("GET", `/payments/${id}/transactions`, { as: "admin" }).then(({ body }) => body),
      harness.call("GET", `/payments/${id}/refunds`, { as: "admin" }).then(({ body }) => body),
    ]),
  );
  return texts.join("\n");
}

const erasure = (customerId: string) => ({
  specversion: "1.0",
  id: newId(),
  source: "/auth",
  type: "comanda.customer.erased",
  subject: customerId,
  time: new Date().toISOString(),
  datacontenttype: "application/json",
  data: { customer_id: customerId, erasure_id: newId(), erased_at: new Date().toISOString() },
});

async function erase(harness: Harness, customerId: string): Promise<void> {
  const token = await harness.issuer.token({ role: "service", clientId: "auth", audience: "payment" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/cloudevents-batch+json" };
  const body = JSON.stringify([erasure(customerId)]);
  const answer = await harness.call("POST", "/events", { headers, body });
  expect(answer.json().results).toMatchObject([{ outcome: "done" }]);
}

// ADR 0022: what was typed about a guest goes with them, or after thirty days; that a reason was given stays.
describe.each(storesFor(server))("reasons that somebody typed, on $name", ({ options }) => {
  it("when the guest goes, then their words go from refund, closing and flow, and the rest of the flow stays", async () => {
    const harness = await startHarness(options());
    try {
      const { customerId, paid, unpaid } = await guestWithReasons(harness);
      const stays = await guestWithReasons(harness);
      expect(await allOf(harness, [paid, unpaid])).toContain("Veroniquinha");
      const before = await harness.store.get(paid);
      await erase(harness, customerId);
      expect(await allOf(harness, [paid, unpaid])).not.toContain("Veroniquinha");
      const after = await harness.store.get(paid);
      expect(after?.refunds.map(({ reason }) => reason)).toEqual(["reason removed", "asked for"]);
      expect(after).toMatchObject({ refundedCents: 1_000, status: "partially_refunded", ledger: before?.ledger });
      expect(after?.entries.map(({ summary }) => summary)).toEqual([
        ...(before?.entries.map(({ summary }) => summary) ?? []),
        "customer forgotten",
      ]);
      const flow = await harness.call("GET", `/payments/${paid}/transactions`, { as: "admin" });
      expect(flow.body).toContain("5,00 devolvidos no balcão: motivo escrito, já apagado.");
      expect(await allOf(harness, [stays.paid])).toContain(TYPED);
    } finally {
      await harness.close();
    }
  });

  it("when thirty days are over since they were typed, then they go, whoever the charge is of", async () => {
    const clock = fixedClock(new Date());
    const harness = await startHarness({ clock, isBackgroundOn: false, ...options() });
    const forget = () => forgetOldCustomers({ store: harness.store, clock });
    const days = (count: number) => clock.advanceSeconds(count * 86_400);
    try {
      const { paid, unpaid } = await guestWithReasons(harness);
      days(29);
      await forget();
      expect(await allOf(harness, [paid])).toContain(TYPED);
      expect(await allOf(harness, [unpaid])).toContain(GIVEN_UP);
      days(200);
      await refund(harness, paid, "a Marcinha voltou com o recibo");
      await forget();
      expect(await allOf(harness, [paid, unpaid])).not.toContain("Veroniquinha");
      expect(await allOf(harness, [paid])).toContain("Marcinha");
      days(31);
      await forget();
      const kept = await harness.store.get(paid);
      expect(kept?.refunds.map(({ reason }) => reason)).toEqual(["reason removed", "asked for", "reason removed"]);
      expect(await forget()).toBe(0);
    } finally {
      await harness.close();
    }
  });
});
