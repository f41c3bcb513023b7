import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Charge, ChargePlace } from "../domain/charge.ts";
import { type ChargeRequest, createCharge } from "../domain/create-charge.ts";
import type { Payer } from "../domain/payer.ts";
import { cancelCharge } from "./cancel-charge.ts";
import { type ChargeDesk, momentOf } from "./charge-desk.ts";
import { makeAtProvider } from "./make-at-provider.ts";

/** Why there is no new charge. */
export type RequestRefusal =
  | { readonly kind: "attempt-taken" }
  | { readonly kind: "superseded" }
  | { readonly kind: "already-paid" }
  | { readonly kind: "provider-away" };

/** A charge as the order asks for it: it knows the device at which it is paid, and nothing of what stands beside it. */
export type ChargeWish = Omit<ChargeRequest, "place"> & {
  readonly deviceId: Id | null;
  /** Handed on to the payment page of a link, and kept nowhere. */
  readonly payer: Payer | null;
};

/** The charge of this order and attempt, and whether this request made it. */
export type Requested = { readonly charge: Charge; readonly isNew: boolean };

/**
 * Makes the charge of an order's attempt: written first, then asked of the provider with a key that follows from its id,
 * then the answer written. Who comes second with the same wish gets the same charge. A later attempt closes the one
 * that is still open, so that an order never has two live charges.
 */
export async function requestCharge(
  desk: ChargeDesk,
  { deviceId, payer, ...request }: ChargeWish,
  traceparent: string | null,
): Promise<Result<Requested, RequestRefusal>> {
  for (let tries = 0; tries < 3; tries += 1) {
    const place = await placeOf(desk, deviceId);
    const wanted = createCharge({ ...request, place }, desk.qrLivesSeconds, momentOf(desk, traceparent));
    const { inserted, charge } = await desk.store.insert(wanted);
    if (inserted) return ok({ charge: await begin(desk, charge, { payer, traceparent }), isNew: true });
    if (isOfSameAttempt(charge, wanted)) {
      if (!isSameWish(charge, wanted)) return refuse({ kind: "attempt-taken" });
      return ok({ charge: await afterCallUnderWay(desk, charge), isNew: false });
    }
    const refusal = await giveWay(desk, charge, { attempt: request.attempt, traceparent });
    if (refusal !== null) return refuse(refusal);
  }
  return refuse({ kind: "attempt-taken" });
}

async function begin(
  desk: ChargeDesk,
  charge: Charge,
  { payer, traceparent }: { readonly payer: Payer | null; readonly traceparent: string | null },
): Promise<Charge> {
  if (charge.status !== "created") {
    // A charge that waits at the counter says nothing; only a birth that failed does.
    if (charge.unsent.length > 0) desk.wakeRelay();
    return charge;
  }
  const made = await makeAtProvider(desk, charge, traceparent);
  if (payer !== null && made.method === "link" && made.status === "pending") {
    // Not with the link itself: a call that is repeated must say the same, and nobody remembers the payer.
    const { outcome } = await desk.provider.namePayer(made, payer);
    if (outcome !== "done") desk.log.warn({ charge: made.id, outcome }, "the payment page does not know the payer");
  }
  return made;
}

/** A call for this very charge may be under way in this process; its answer is worth the wait. */
async function afterCallUnderWay(desk: ChargeDesk, charge: Charge): Promise<Charge> {
  if (charge.status !== "created") return charge;
  return desk.turns.take(`provider ${charge.id}`, async () => (await desk.store.get(charge.id)) ?? charge);
}

/** What the shop has put beside the device; a device that nobody has set up uses the default point of sale. */
async function placeOf(desk: ChargeDesk, deviceId: Id | null): Promise<ChargePlace | null> {
  if (deviceId === null) return null;
  const { externalPosId = null, terminalId = null } = (await desk.store.pointsOfSale.get(deviceId)) ?? {};
  return { deviceId, externalPosId, terminalId };
}

async function giveWay(
  desk: ChargeDesk,
  open: Charge,
  wish: { readonly attempt: number; readonly traceparent: string | null },
): Promise<RequestRefusal | null> {
  if (wish.attempt < open.attempt) return { kind: "superseded" };
  const closed = await cancelCharge(desk, open.id, {
    reason: "a new attempt was begun",
    refundIfPaid: false,
    traceparent: wish.traceparent,
  });
  if (closed.ok || closed.refusal.kind === "already-closed") return null;
  return { kind: closed.refusal.kind === "already-paid" ? "already-paid" : "provider-away" };
}

function isOfSameAttempt(charge: Charge, wanted: Charge): boolean {
  return charge.id === wanted.id || (charge.orderId === wanted.orderId && charge.attempt === wanted.attempt);
}

function isSameWish(charge: Charge, wanted: Charge): boolean {
  return (
    charge.orderId === wanted.orderId &&
    charge.attempt === wanted.attempt &&
    charge.method === wanted.method &&
    charge.amountCents === wanted.amountCents &&
    // Who says nothing of whose it is wants no other charge: the order may have been taken from its person since.
    (charge.customerId === wanted.customerId || wanted.customerId === null)
  );
}
