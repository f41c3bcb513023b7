import type { Cents } from "@comanda/primitives";
import type { ProviderState } from "./provider-charge.ts";

/** A payment as the provider's list shows it: enough to see whether both books say the same. */
export type ListedPayment = {
  readonly id: string;
  /** What its maker called it: a charge's id, when it is ours. */
  readonly reference: string | null;
  /** `null` for a state that says nothing about money, such as a refused try. */
  readonly state: ProviderState | null;
  readonly amountCents: Cents;
  readonly refundedCents: Cents;
  readonly currency: string | null;
  /** The provider's order that it paid, when the list says so. */
  readonly orderId: string | null;
};

/** Whether money came by this payment, whatever became of it since. */
export function isMoney({ state }: ListedPayment): boolean {
  return state === "paid" || state === "in_dispute" || state === "charged_back";
}
