import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Actor, Change, FeedEntry, Order } from "./order.ts";

/** How long a guest on the phone may choose another dish before the money of a refused one goes back (product §3.4). */
export const SWAP_S = 180;

/** Why the money of a line is not asked back. */
export type LineRefundRefusal = { readonly code: "line-unknown" } | { readonly code: "item-not-refundable" };

/**
 * Asks payment to give back what a refused line of a paid order cost; the rest of the order goes on. From then on the
 * line cannot be made after all. `null`: it was asked before, or the whole order is over and all of its money goes back.
 */
export function refundLine(
  before: Order,
  command: { readonly lineId: Id; readonly actor: Actor; readonly reason?: string | undefined; readonly now: Date },
): Result<Change | null, LineRefundRefusal> {
  const { lineId, actor, now } = command;
  const line = before.lines.find(({ id }) => id === lineId);
  if (line === undefined) return refuse({ code: "line-unknown" });
  if (line.refundAskedAt !== null) return ok(null);
  if (line.status !== "refused" || before.paidBy === null) return refuse({ code: "item-not-refundable" });
  if (["cancelled", "rejected", "refunded"].includes(before.status)) return ok(null);
  const entry: FeedEntry = {
    kind: "items",
    status: before.status,
    by: actor.role,
    actorId: actor.id,
    reason: command.reason ?? "item_refunded",
    at: now,
  };
  const lines = before.lines.map((other) => (other === line ? { ...line, refundAskedAt: now } : other));
  return ok({
    before,
    order: { ...before, lines, version: before.version + 1, updatedAt: now },
    feed: [entry],
    // What cost nothing has nothing to give back.
    wishes: line.totalCents === 0 ? [] : [{ kind: "refund-line", paymentId: before.paidBy, line }],
  });
}
