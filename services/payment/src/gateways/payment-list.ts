import type { ListedPayment } from "../domain/listed-payment.ts";
import type { ProviderResult } from "../domain/provider-charge.ts";

/** One page of the provider's list. */
export type ListedPage = { readonly total: number; readonly payments: readonly ListedPayment[] };

/** Which payments to list: those made, or those changed, from `from` until before `to`, oldest first. */
export type ListQuery = {
  readonly by: "made" | "changed";
  readonly from: Date;
  readonly to: Date;
  readonly offset: number;
};

/** The provider's own list of what reached the seller's account, whoever made it. */
export type PaymentList = {
  /** At most `LIST_PAGE_SIZE` at a time. */
  readonly listPayments: (query: ListQuery) => Promise<ProviderResult<ListedPage>>;
};

/** Payments in one page of the list: a page of the provider's largest payments stays well under what we read (1 MiB). */
export const LIST_PAGE_SIZE = 50;
