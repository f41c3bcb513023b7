import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { describeAuthorization, type Guarded, type Someone } from "@comanda/testing/authorization";
import { type Harness, startHarness } from "./harness.ts";

describeAuthorization("payment", async (): Promise<Guarded> => {
  const harness = await startHarness();
  const charge = async (customerId: string) =>
    (await harness.request({ method: "counter", customer_id: customerId })).id;
  // Tried again it stays failed, and its second try is always the same: one does for everybody.
  const failed = await failedRefund(harness);
  return {
    url: `http://127.0.0.1:${harness.config.PAYMENT_PORT}`,
    signer: { issuer: harness.issuer.issuer, ...harness.issuer.key, audience: "payment" },
    idOf: (name) => (name === "service" ? "order" : undefined),
    words: {
      own_charge: (who) => charge(guestOf(who)),
      other_charge: () => charge(newId()),
      other_paid_charge: () => paidAtCounter(harness),
      own_guest: guestOf,
      other_guest: () => newId(),
      own_charged_order: async (who) =>
        (await harness.request({ method: "counter", customer_id: guestOf(who) })).order_id,
      other_charged_order: async () => (await harness.request({ method: "counter" })).order_id,
      charged_order: async () => (await harness.request({ method: "counter" })).order_id,
      failed_refund: () => failed,
      known_device: () => knownDevice(harness),
      comparison: async () =>
        (await harness.call("POST", "/payments/reconciliations", { as: "admin", body: { date: "2026-01-15" } })).json()
          .id,
      parked_event: () => parkedEvent(harness),
      auth_itself: ({ name, id }: Someone) => (name === "service" ? "auth" : id),
    },
    revoke: (_token, tokenId) => harness.issuer.revoke(tokenId),
    close: () => harness.close(),
  };
});

/** Whose charges a caller asks for as their own; a service has a name and no id. */
function guestOf({ name, id }: Someone): string {
  return name === "service" ? newId() : id;
}

async function paidAtCounter(harness: Harness): Promise<string> {
  const { id } = await harness.request({ method: "counter" });
  await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body: { tender: "card" } });
  return id;
}

/** As a part of a path: the charge and the refund that Mercado Pago would not carry out. */
async function failedRefund(harness: Harness): Promise<string> {
  const charge = await harness.request();
  await harness.pay({ qr_code: charge.qr_code });
  await harness.becomes(charge.id, "approved");
  await harness.faults({ refund_failure_rate: 1, refund_delay_ms: 20 });
  const asked = await harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin" });
  await waitFor(async () => (await harness.store.get(charge.id))?.refunds[0]?.status === "failed", {
    timeoutMs: 10_000,
  });
  await harness.clearFaults();
  return `${charge.id}/refunds/${asked.json().refund.id}`;
}

async function knownDevice(harness: Harness): Promise<string> {
  const id = newId();
  const body = { external_pos_id: "CAIXA1" };
  await harness.call("PUT", `/payments/points_of_sale/${id}`, { as: "admin", body });
  return id;
}

async function parkedEvent(harness: Harness): Promise<string> {
  const id = newId();
  await harness.database.pool.query(
    "insert into outbox (id, type, subject, data, parked_at) values ($1, 'comanda.payment.approved', $2, '{}', now())",
    [id, newId()],
  );
  return id;
}
