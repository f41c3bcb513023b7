import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import type { Bank } from "../provider/bank.ts";

/** What refunds that an administrator asks for are called; the checks know them by it. */
export const BY_ADMIN = "wanted by an administrator";

/** A refund that failed, was not tried again since, and whose money did not go back another way either. */
export function needsRetry(charge: Charge, refund: Charge["refunds"][number]): boolean {
  const { id, status, reason, strayPaymentId, amountCents } = refund;
  if (status !== "failed" || reason === "made at the provider") return false;
  const { refunds } = charge;
  if (refunds.some(({ idempotencyKey }) => idempotencyKey === `retry-of-${id}`)) return false;
  if (strayPaymentId === null) return leftCents(charge) > 0;
  const others = refunds.filter((other) => other.strayPaymentId === strayPaymentId && other.status !== "failed");
  return !others.some((other) => other.amountCents >= amountCents);
}

/** The bank took this money back from us: there is nothing to give back, and whoever looks in the panel sees it. */
export function isTakenByBank(bank: Bank, charge: Charge, { strayPaymentId }: Charge["refunds"][number]): boolean {
  const payments = bank.find(charge.providerId ?? "")?.payments ?? [];
  const concerned =
    charge.method === "link" && strayPaymentId !== null ? [strayPaymentId] : payments.map(({ id }) => id);
  return payments.some(({ id, status }) => concerned.includes(id) && status === "charged_back");
}

/** Part of a sum that was paid with a tip: the provider gives back all of it or nothing, and people hand the part out. */
export function isForbiddenByTip(bank: Bank, charge: Charge, refund: Charge["refunds"][number]): boolean {
  const { amountCents, strayPaymentId } = refund;
  const hasTip = bank.ofReference(charge.id).some(({ payments }) => payments.some(({ tipCents }) => tipCents > 0));
  return hasTip && strayPaymentId === null && amountCents < charge.amountCents;
}

/** What of the charge's own money is here and not on its way back. */
export function leftCents({ refunds, amountCents, approvedAt }: Charge): number {
  if (approvedAt === null) return 0;
  const own = refunds.filter(({ status, strayPaymentId }) => strayPaymentId === null && status !== "failed");
  return own.reduce((left, refund) => left - refund.amountCents, amountCents);
}
