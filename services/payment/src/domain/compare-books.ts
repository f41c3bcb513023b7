import { addSeconds } from "@comanda/primitives";
import type { Charge } from "./charge.ts";
import { statedMoney } from "./ledger.ts";
import { isMoney, type ListedPayment } from "./listed-payment.ts";
import type { ProviderCharge, ProviderState } from "./provider-charge.ts";
import type { DifferenceClass, Side } from "./reconciliation.ts";
import { isOpen, isUnderWay } from "./transitions.ts";

/** A charge whose time is over may still be heard of for so long before its silence counts. */
const SETTLES_AFTER_S = 15 * 60;
/** A refund may take its time at the bank before it counts as one that should be there. */
const REFUND_SETTLES_AFTER_S = 3_600;
/** How long a charge without an end of its own is young. */
const YOUNG_S = 15 * 60;

/** Whether money may still move on this charge, so that a difference would only be a matter of moments. */
export function isMoving(charge: Charge, now: Date): boolean {
  const since = addSeconds(now, -REFUND_SETTLES_AFTER_S);
  if (charge.refunds.some((refund) => isUnderWay(refund) && refund.requestedAt > since)) return true;
  const end = charge.expiresAt ?? addSeconds(charge.createdAt, YOUNG_S);
  return isOpen(charge.status) && now < addSeconds(end, SETTLES_AFTER_S);
}

/** What our book says of a charge. */
export function ourSide(charge: Charge): Side {
  return { status: charge.status, ...statedMoney(charge) };
}

/** What the provider's book says of a charge; `null` when it does not know it. */
export function theirSide(fact: ProviderCharge | null): Side | null {
  if (fact === null) return null;
  const strays = fact.strays.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const refunds = [...fact.refunds, ...fact.strays.flatMap((stray) => stray.refunds)];
  return {
    status: fact.state,
    cameCents: (holdsOrHeld(fact.state) ? (fact.amountCents ?? 0) : 0) + strays,
    returnedCents: refunds.reduce((sum, { status, amountCents }) => (status === "done" ? sum + amountCents : sum), 0),
  };
}

/** What the provider's list says of one payment. */
export function listedSide({ state, amountCents, refundedCents }: ListedPayment): Side {
  return { status: state ?? "closed", cameCents: amountCents, returnedCents: refundedCents };
}

/**
 * Whether the provider's list alone shows that both books agree about a charge whose money came, so that it need not be
 * asked for by its id. Anything odd (a refund on its way, a dispute, a second payment, another currency) is looked at.
 */
export function isConfirmedByList(charge: Charge, listed: readonly ListedPayment[]): boolean {
  const ours = ourSide(charge);
  const money = listed.filter(isMoney);
  const [own] = money;
  return (
    own !== undefined &&
    money.length === 1 &&
    charge.approvedAt !== null &&
    !charge.refunds.some(isUnderWay) &&
    !isDispute(charge.status) &&
    own.state === "paid" &&
    (own.currency === null || own.currency === charge.currency) &&
    own.amountCents === ours.cameCents &&
    own.refundedCents === ours.returnedCents
  );
}

/** Money under the reference of a QR charge that its order does not account for: nobody in the house knows of it. */
export function moneyBeside(charge: Charge, listed: readonly ListedPayment[]): readonly ListedPayment[] {
  // A link's payments are all read and matched with the charge itself.
  if (charge.method === "link") return [];
  const money = listed.filter(isMoney);
  if (charge.provider === "counter") return money;
  const own =
    money.find(({ orderId }) => orderId !== null && orderId === charge.providerId) ??
    money.find(({ orderId, amountCents }) => orderId === null && amountCents === charge.amountCents);
  return money.filter((payment) => payment !== own);
}

/**
 * How both books differ about a charge, or `null` when they agree.
 *
 * @param options.knowsDisputes whether the fact would tell of a dispute: an order alone does not (provider §6)
 */
export function differenceOf(
  charge: Charge,
  fact: ProviderCharge | null,
  options: { readonly knowsDisputes: boolean },
): Exclude<DifferenceClass, "theirs_only" | "ledger"> | null {
  const ours = ourSide(charge);
  const theirs = theirSide(fact);
  if (fact === null || theirs === null || fact.reference !== charge.id) return ours.cameCents > 0 ? "ours_only" : null;
  if (ours.cameCents > 0 && theirs.cameCents === 0) return fact.paymentId === null ? "ours_only" : "status";
  if (ours.cameCents === 0 && theirs.cameCents > 0) return "status";
  if (theirs.cameCents > 0 && fact.currency !== null && fact.currency !== charge.currency) return "amount";
  if (ours.cameCents !== theirs.cameCents || ours.returnedCents !== theirs.returnedCents) return "amount";
  if (theirs.cameCents > 0) return isSameDispute(charge, fact.state, options) ? null : "status";
  return isSameOpenness(charge, fact.state) ? null : "status";
}

function isSameDispute(
  { status }: Charge,
  state: ProviderState,
  { knowsDisputes }: { readonly knowsDisputes: boolean },
): boolean {
  // What has gone back whole is nobody's to fight for.
  if (status === "refunded") return true;
  if (state === "in_dispute" || state === "charged_back") return status === state;
  return !isDispute(status) || !knowsDisputes;
}

/** Nobody paid: then neither may still wait for money when the other has given it up. */
function isSameOpenness({ status, method }: Charge, state: ProviderState): boolean {
  const isOpenThere = state === "open" || state === "in_review";
  // A link looks open for ever: its window, which closes it, is no state.
  if (isOpenThere) return isOpen(status) || method === "link";
  return !isOpen(status);
}

function isDispute(status: string): boolean {
  return status === "in_dispute" || status === "charged_back";
}

function holdsOrHeld(state: ProviderState): boolean {
  return state === "paid" || state === "in_dispute" || state === "charged_back";
}
