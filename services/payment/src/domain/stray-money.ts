import type { Moment } from "./change-charge.ts";
import type { Charge, Refund } from "./charge.ts";
import { type MatchedRefunds, matchRefunds } from "./match-refunds.ts";
import type { StrayPayment } from "./provider-charge.ts";

/** Our refunds after what the provider holds beside the charge's own money. */
export type MatchedStrays = Omit<MatchedRefunds, "alarms"> & {
  readonly alarms: readonly (MatchedRefunds["alarms"][number] | StrayPayment["why"])[];
};

/** Why it goes back, as a guest may read it. */
const REASONS: Readonly<Record<StrayPayment["why"], string>> = {
  "paid-twice": "pago em duplicidade",
  "wrong-amount": "pago com valor errado",
};

/**
 * Gives back, whole, every payment that came beside the one that counts (product §3.4). What was tried and failed is
 * not tried again by itself: people are told, and say when.
 */
export function matchStrays(charge: Charge, strays: readonly StrayPayment[], moment: Moment): MatchedStrays {
  const start: MatchedStrays = { refunds: charge.refunds, isSame: true, alarms: [] };
  return strays.reduce((before, stray) => {
    const { paymentId: strayPaymentId, refunds: atProvider } = stray;
    const known = { ...charge, refunds: before.refunds };
    const matched = matchRefunds(known, { atProvider, strayPaymentId }, moment);
    const left = stray.amountCents - dealtWithCents(matched.refunds, strayPaymentId);
    const isNew = left > 0;
    return {
      refunds: isNew ? [...matched.refunds, wanted(stray, left, moment)] : matched.refunds,
      isSame: before.isSame && matched.isSame && !isNew,
      alarms: [...before.alarms, ...matched.alarms, ...(isNew ? [stray.why] : [])],
    };
  }, start);
}

function dealtWithCents(refunds: readonly Refund[], paymentId: string): number {
  return refunds
    .filter(({ strayPaymentId }) => strayPaymentId === paymentId)
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
}

function wanted({ paymentId, why }: StrayPayment, amountCents: number, { now, newId }: Moment): Refund {
  return {
    id: newId(),
    amountCents,
    lines: [],
    status: "requested",
    reason: REASONS[why],
    idempotencyKey: null,
    fingerprint: null,
    providerRefundId: null,
    strayPaymentId: paymentId,
    requestedAt: now,
    askedAt: null,
    settledAt: null,
  };
}
