import { InstantSchema, Nullable } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { Charge, Refund, RefundLine } from "../domain/charge.ts";
import { ownReasonIn } from "./own-reasons.ts";

const Cents = Type.Integer({ minimum: 0, description: "centavos" });

const RefundedItem = Type.Object({
  id: Type.String({ description: "The line, as the payment names it" }),
  quantity: Type.Integer({ minimum: 1 }),
  amount_cents: Cents,
});

const REFUND_STATUSES = ["requested", "unknown", "in_process", "done", "failed"] as const;

const properties = {
  id: Type.String({ format: "uuid" }),
  amount_cents: Type.Integer({ minimum: 1 }),
  items: Type.Array(RefundedItem, { description: "The lines it gives back; empty when it was asked for by amount" }),
  status: Type.Enum(REFUND_STATUSES, { description: "`unknown`: Mercado Pago was asked and has not answered" }),
  reason: Type.String(),
  created_at: InstantSchema,
};

/** A refund on the wire, as it is first answered. */
export const RefundSchema = Type.Object(properties);

/** A refund on the wire, as it stands. */
export const RefundListedSchema = Type.Object({
  ...properties,
  settled_at: Nullable(InstantSchema),
  gives_back: Type.Enum(["this_payment", "money_beside_it"], {
    description: "`money_beside_it`: a second payment or a wrong amount, which never counted as this payment's",
  }),
});

/** What stays the same of a refund from its first answer on. */
export function viewOfRefundWish(refund: Refund) {
  return {
    id: refund.id,
    amount_cents: refund.amountCents,
    items: refund.lines.map(viewOfLine),
    reason: ownReasonIn("pt", refund.reason),
    created_at: refund.requestedAt.toISOString(),
  };
}

/** The refunds of a charge as they stand, oldest first. */
export function viewOfRefunds({ refunds }: Charge): Static<typeof RefundListedSchema>[] {
  return refunds.map((refund) => ({
    ...viewOfRefundWish(refund),
    status: refund.status,
    settled_at: refund.settledAt?.toISOString() ?? null,
    gives_back: refund.strayPaymentId === null ? "this_payment" : "money_beside_it",
  }));
}

function viewOfLine({ itemId, quantity, amountCents }: RefundLine): Static<typeof RefundedItem> {
  return { id: itemId, quantity, amount_cents: amountCents };
}
