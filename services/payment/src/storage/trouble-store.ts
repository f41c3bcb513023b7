import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";

/** What an alarm looks at; each question is answered from an index. */
export type TroubleStore = {
  /** Events of this type that were written before `before` and have not been sent, parked ones included. */
  readonly countUnsent: (options: { readonly type: string; readonly before: Date }) => Promise<number>;
  /** The same, oldest first, each with its charge. */
  readonly listUnsent: (options: {
    readonly type: string;
    readonly before: Date;
    readonly limit: number;
  }) => Promise<readonly { readonly charge: Charge; readonly eventId: Id; readonly since: Date }[]>;
  /** Since when the oldest event waits that might have been sent, parked ones aside; `null` when none does. */
  readonly oldestUnsentAt: () => Promise<Date | null>;
  /** Charges with a refund that is under way or failed, newest first. */
  readonly listUnsettledRefunds: (options: { readonly limit: number }) => Promise<readonly Charge[]>;
  /**
   * Charges at which somebody may have to look (worries.ts): those with an unsettled refund, a dispute, or something
   * unclear about them, and those that are open. At most `limit` for each reason: the oldest of the open ones, which
   * should have ended first, and the newest of the others.
   */
  readonly listTroubled: (options: { readonly limit: number }) => Promise<readonly Charge[]>;
};
