import type { Charge } from "../domain/charge.ts";

/** What an alarm looks at; each question is answered from an index. */
export type TroubleStore = {
  /** Events of this type that were written before `before` and have not been sent, parked ones included. */
  readonly countUnsent: (options: { readonly type: string; readonly before: Date }) => Promise<number>;
  /** Charges with a refund that is under way or failed, newest first. */
  readonly listUnsettledRefunds: (options: { readonly limit: number }) => Promise<readonly Charge[]>;
};
