import { ok, type Result, refuse, type Turns } from "@comanda/primitives";

/** Whose unpaid orders are counted: a guest's, or those of one session of whoever only typed a CPF. */
export type Orderer = { readonly customerId: string; readonly sessionId: string | null };

/** What somebody has ordered and not paid yet, and when the first of it gives up waiting. */
export type UnpaidOrders = { readonly count: number; readonly firstEndsAt: Date | null };

/** `retryAfterSeconds`: until then no place is free, unless something is paid or called off. */
export type TooManyUnpaid = { readonly code: "too-many-unpaid-orders"; readonly retryAfterSeconds: number };

/** Lets a guest order while they have few enough orders that nobody has paid (reliability OR-03, S-18). */
export type LimitUnpaid = <Value>(
  orderer: Orderer,
  order: { readonly isKnown: () => Promise<boolean>; readonly place: () => Promise<Value> },
) => Promise<Result<Value, TooManyUnpaid>>;

type Deps = {
  readonly max: number;
  readonly turns: Turns;
  readonly countUnpaid: (orderer: Orderer) => Promise<UnpaidOrders>;
  readonly now: () => Date;
};

/**
 * Makes the limit. One guest's requests wait for each other in this process, so that many at once are counted; of
 * several processes each may let one through too many.
 */
export function makeLimitUnpaid({ max, turns, countUnpaid, now }: Deps): LimitUnpaid {
  return (orderer, { isKnown, place }) =>
    turns.take(orderer.sessionId ?? orderer.customerId, async () => {
      // A repeated request makes nothing new.
      if (await isKnown()) return ok(await place());
      const { count, firstEndsAt } = await countUnpaid(orderer);
      if (count < max) return ok(await place());
      const waitMs = (firstEndsAt ?? now()).getTime() - now().getTime();
      return refuse({ code: "too-many-unpaid-orders", retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
    });
}
