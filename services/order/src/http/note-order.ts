import { type AuditDetails, noteAct } from "@comanda/audit";
import type { Change } from "../domain/order.ts";
import type { NoteChange } from "../storage/save-change.ts";

type Asking = Parameters<typeof noteAct>[0];

/**
 * Writes what gives money back into the audit trail, in the transaction of the change: the kitchen's other steps stand in
 * the order's own tracking, and what payment then does by the order's word it does as a service, for nobody by name.
 */
export function noteOrder(request: Asking, details: AuditDetails = {}): NoteChange {
  const note = noteAct(request, { kind: "orders", details });
  return (tx, change) => note(tx, change.order.id, moneyOf(change));
}

/** What the order costs, whether it was paid, and which charges are let go, or what of one is given back. */
function moneyOf({ before, order, wishes }: Change): AuditDetails {
  const given = wishes.flatMap((wish) => (wish.kind === "refund-line" ? [wish.line.totalCents] : []));
  return {
    status: order.status,
    total_cents: order.totalCents,
    is_paid: before.paidBy !== null,
    charges: wishes.map((wish) => (wish.kind === "charge" ? wish.charge.paymentId : wish.paymentId)),
    ...(given.length === 0 ? {} : { amount_cents: given.reduce((sum, cents) => sum + cents, 0) }),
  };
}
