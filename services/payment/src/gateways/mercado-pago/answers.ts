import { Type } from "typebox";

// Shapes of Mercado Pago's answers, as far as we use them (provider §4, §6). Fields that some pages omit are
// optional here; whether what is missing matters is decided by whoever reads the fact.

const Text = Type.String({ maxLength: 300 });
const Maybe = Type.Optional(Type.Union([Text, Type.Null()]));
const NumericId = Type.Union([Type.Integer(), Type.String({ pattern: "^\\d{1,30}$" })]);

const OrderRefundAnswer = Type.Object({ id: Text, amount: Text, status: Text });

/** An order of the Orders API. */
export const OrderAnswer = Type.Object({
  id: Type.String({ pattern: "^[A-Z0-9]{10,60}$" }),
  status: Text,
  external_reference: Maybe,
  total_amount: Maybe,
  total_paid_amount: Maybe,
  currency: Maybe,
  created_date: Maybe,
  last_updated_date: Maybe,
  transactions: Type.Optional(
    Type.Object({
      payments: Type.Optional(
        Type.Array(
          Type.Object({
            id: Text,
            amount: Maybe,
            paid_amount: Maybe,
            tip_amount: Maybe,
            status_detail: Maybe,
            payment_method: Type.Optional(Type.Object({ id: Maybe, type: Maybe, e2e_id: Maybe })),
          }),
        ),
      ),
      refunds: Type.Optional(Type.Array(OrderRefundAnswer)),
    }),
  ),
  type_response: Type.Optional(Type.Object({ qr_data: Type.Optional(Type.String({ maxLength: 1000 })) })),
});

/** Orders that a search found. */
export const OrdersAnswer = Type.Object({
  data: Type.Array(Type.Object({ id: Text, external_reference: Maybe }), { maxItems: 1000 }),
});

/** Preferences that a search found. */
export const PreferencesAnswer = Type.Object({
  elements: Type.Array(Type.Object({ id: Text, external_reference: Maybe }), { maxItems: 1000 }),
});

/** The card terminals of a seller; pages and reference disagree about the envelope (provider §7.1). */
const Terminals = Type.Array(
  Type.Object({ id: Text, operating_mode: Maybe, external_pos_id: Maybe, pos_id: Type.Optional(Type.Unknown()) }),
);
export const TerminalsAnswer = Type.Object({
  terminals: Type.Optional(Terminals),
  data: Type.Optional(Type.Union([Terminals, Type.Object({ terminals: Terminals })])),
});

/** The reduced answer to a refund of an order. */
export const RefundedOrderAnswer = Type.Object({
  transactions: Type.Object({ refunds: Type.Array(OrderRefundAnswer, { minItems: 1 }) }),
});

/** A payment of the older family, which payment links still make. */
export const PaymentAnswer = Type.Object({
  id: NumericId,
  status: Text,
  status_detail: Maybe,
  external_reference: Maybe,
  transaction_amount: Type.Number(),
  currency_id: Maybe,
  date_approved: Maybe,
  date_last_updated: Maybe,
  payment_method_id: Maybe,
  refunds: Type.Optional(
    Type.Union([Type.Null(), Type.Array(Type.Object({ id: NumericId, amount: Type.Number(), status: Maybe }))]),
  ),
  point_of_interaction: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object({ transaction_data: Type.Optional(Type.Union([Type.Null(), Type.Object({ e2e_id: Maybe })])) }),
    ]),
  ),
});

/** A search for payments. */
export const PaymentsAnswer = Type.Object({ results: Type.Array(PaymentAnswer) });

/** A refund of a payment. */
export const PaymentRefundAnswer = Type.Object({ id: NumericId, status: Maybe });

/** A payment link. `sandbox_init_point` is there too and must never be used (provider §3.1). */
export const PreferenceAnswer = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100 }),
  init_point: Type.String({ pattern: "^https?://", maxLength: 1000 }),
});

/** What groups the payments of a link. */
export const MerchantOrderAnswer = Type.Object({ id: NumericId, external_reference: Maybe });

/** An answer of which only its coming matters. */
export const AnyAnswer = Type.Object({});
