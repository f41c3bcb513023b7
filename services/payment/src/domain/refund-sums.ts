import type { ChargeStatus } from "@comanda/contracts";
import type { Cents } from "@comanda/primitives";
import type { Charge, Refund } from "./charge.ts";
import { holdsMoney, isUnderWay } from "./transitions.ts";

/** The reason of a refund that somebody made at the provider, and not through us. */
export const MADE_ELSEWHERE = "made at the provider";

/** What is on its way back or gone, in centavos: never more than was paid. */
export function committedCents(charge: Charge): Cents {
  return sumOf(charge.refunds.filter((refund) => isOwn(refund) && refund.status !== "failed"));
}

/** What can still be asked back, in centavos: nothing when nothing was paid. */
export function leftCents(charge: Charge): Cents {
  return holdsMoney(charge.status) ? Math.max(0, charge.amountCents - committedCents(charge)) : 0;
}

/** What has gone back for good of the charge's own money, in centavos. */
export function returnedCents(refunds: readonly Refund[]): Cents {
  return sumOf(refunds.filter((refund) => isOwn(refund) && refund.status === "done"));
}

/** What is wanted or on its way back of the charge's own money, in centavos. */
export function refundingCents(refunds: readonly Refund[]): Cents {
  return sumOf(refunds.filter((refund) => isOwn(refund) && isUnderWay(refund)));
}

/** The status that refunds give to a charge whose money came. */
export function statusByRefunds(refunds: readonly Refund[], amountCents: Cents): ChargeStatus {
  if (refunds.some((refund) => isOwn(refund) && isUnderWay(refund))) return "refund_pending";
  const returned = returnedCents(refunds);
  if (returned >= amountCents) return "refunded";
  return returned > 0 ? "partially_refunded" : "approved";
}

/** Whether it gives back the charge's own money, and not some that came beside it. */
function isOwn({ strayPaymentId }: Refund): boolean {
  return strayPaymentId === null;
}

function sumOf(refunds: readonly Refund[]): Cents {
  return refunds.reduce((sum, { amountCents }) => sum + amountCents, 0);
}
