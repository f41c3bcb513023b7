import type { Moment } from "./change-charge.ts";
import type { Charge, Refund } from "./charge.ts";
import type { ProviderRefund } from "./provider-charge.ts";
import { MADE_ELSEWHERE } from "./refund-sums.ts";
import { wasAsked } from "./refunds.ts";

/** Our refunds after what the provider says of its own. */
export type MatchedRefunds = {
  readonly refunds: readonly Refund[];
  readonly isSame: boolean;
  readonly alarms: readonly ("refund-failed" | "refunded-elsewhere")[];
};

/** How far a refund has come; a fact never takes it back. */
const RANK: Readonly<Record<Refund["status"], number>> = {
  requested: 0,
  unknown: 0,
  in_process: 1,
  failed: 2,
  done: 3,
};

/**
 * Joins the provider's refunds to ours: by its id where we know it; else to one of the same amount that we asked for
 * and got no answer to; else it was made elsewhere, in the provider's own panel, and becomes a refund of ours, since
 * the money is gone all the same.
 */
export function matchRefunds(
  charge: Charge,
  {
    atProvider,
    strayPaymentId = null,
  }: { readonly atProvider: readonly ProviderRefund[]; readonly strayPaymentId?: string | null },
  moment: Moment,
): MatchedRefunds {
  const refunds = [...charge.refunds];
  const alarms: MatchedRefunds["alarms"][number][] = [];
  let isSame = true;
  for (const theirs of atProvider) {
    const at = indexOfOurs({ ...charge, refunds }, theirs, strayPaymentId);
    const ours = refunds[at];
    if (ours === undefined) {
      refunds.push({ ...madeElsewhere(theirs, moment), strayPaymentId });
      alarms.push("refunded-elsewhere");
    } else if (isNews(ours, theirs)) {
      refunds[at] = advance(ours, theirs, moment);
      if (theirs.status === "failed") alarms.push("refund-failed");
    } else continue;
    isSame = false;
  }
  return { refunds, isSame, alarms };
}

function indexOfOurs(charge: Charge, theirs: ProviderRefund, stray: string | null): number {
  const byId = charge.refunds.findIndex(({ providerRefundId }) => providerRefundId === theirs.id);
  if (byId >= 0) return byId;
  return charge.refunds.findIndex(
    ({ id, providerRefundId, strayPaymentId, status, amountCents }) =>
      strayPaymentId === stray &&
      providerRefundId === null &&
      // What was asked before, and not answered at last, may be the one as well.
      (status === "unknown" || status === "requested") &&
      amountCents === theirs.amountCents &&
      wasAsked(charge, id),
  );
}

function isNews(ours: Refund, theirs: ProviderRefund): boolean {
  const isOtherAmount = theirs.amountCents !== ours.amountCents && ours.status !== "done";
  return RANK[theirs.status] > RANK[ours.status] || ours.providerRefundId === null || isOtherAmount;
}

/**
 * The amount is the provider's: asked for everything, it gives back what is left there, and that is less when somebody
 * gave back a part in its panel at the same time.
 */
function advance(ours: Refund, theirs: ProviderRefund, { now }: Moment): Refund {
  const status = RANK[theirs.status] > RANK[ours.status] ? theirs.status : ours.status;
  const isSettled = status === "done" || status === "failed";
  const { id: providerRefundId, amountCents } = theirs;
  return { ...ours, providerRefundId, amountCents, status, settledAt: isSettled ? (ours.settledAt ?? now) : null };
}

function madeElsewhere(theirs: ProviderRefund, { now, newId }: Moment): Refund {
  return {
    id: newId(),
    amountCents: theirs.amountCents,
    lines: [],
    status: theirs.status,
    reason: MADE_ELSEWHERE,
    idempotencyKey: null,
    fingerprint: null,
    providerRefundId: theirs.id,
    strayPaymentId: null,
    requestedAt: now,
    askedAt: null,
    settledAt: theirs.status === "in_process" ? null : now,
  };
}
