import { InstantSchema, Nullable } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Erasure } from "../storage/erasures.ts";

/** What each service does away with, in the words of the receipt. */
const GONE = {
  auth: ["nome", "e-mail", "CPF", "senha", "sessões", "consentimentos"],
  order: ["nome e identificação nos pedidos", "observações escritas nos itens"],
  payment: ["identificação nos pagamentos"],
} as const;

/** The receipt of an erasure on the wire. It names nobody. */
export const ReceiptSchema = Type.Object(
  {
    id: Type.String({ format: "uuid", description: "For `GET /customers/erasures/{id}`" }),
    status: Type.Enum(["processing", "done"]),
    requested_at: InstantSchema,
    done_at: Nullable(InstantSchema),
    services: Type.Array(
      Type.Object({
        service: Type.Enum(["auth", "order", "payment"]),
        erased: Type.Array(Type.String()),
        erased_at: Nullable(InstantSchema),
      }),
    ),
  },
  {
    examples: [
      {
        id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10",
        status: "processing",
        requested_at: "2026-11-22T14:28:00.000Z",
        done_at: null,
        services: [
          { service: "auth", erased: GONE.auth, erased_at: "2026-11-22T14:28:00.000Z" },
          { service: "order", erased: GONE.order, erased_at: null },
          { service: "payment", erased: GONE.payment, erased_at: null },
        ],
      },
    ],
  },
);

export function viewOfReceipt({ id, erasedAt, orderErasedAt, paymentErasedAt }: Erasure) {
  const isDone = orderErasedAt !== null && paymentErasedAt !== null;
  const doneAt = isDone ? new Date(Math.max(orderErasedAt.getTime(), paymentErasedAt.getTime())) : null;
  return {
    id,
    status: isDone ? ("done" as const) : ("processing" as const),
    requested_at: erasedAt.toISOString(),
    done_at: doneAt?.toISOString() ?? null,
    services: [
      { service: "auth" as const, erased: [...GONE.auth], erased_at: erasedAt.toISOString() },
      { service: "order" as const, erased: [...GONE.order], erased_at: orderErasedAt?.toISOString() ?? null },
      { service: "payment" as const, erased: [...GONE.payment], erased_at: paymentErasedAt?.toISOString() ?? null },
    ],
  };
}
