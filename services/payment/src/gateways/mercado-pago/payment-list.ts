import { fromDecimal } from "@comanda/primitives";
import { Payment } from "mercadopago";
import { type Static, Type } from "typebox";
import type { ListedPayment } from "../../domain/listed-payment.ts";
import { LIST_PAGE_SIZE, type ListQuery, type PaymentList } from "../payment-list.ts";
import { paymentState } from "./link-payments.ts";
import { mapDone } from "./outcomes.ts";
import type { Sdk } from "./sdk-call.ts";

const Text = Type.Union([Type.String({ maxLength: 300 }), Type.Null()]);
const Amount = Type.Union([Type.Number(), Type.Null()]);

/** Only what is compared; a payment of a kind that we do not know must not hide the others of its page. */
const ListedAnswer = Type.Object({
  id: Type.Union([Type.Integer(), Type.String({ pattern: "^\\d{1,30}$" })]),
  status: Type.Optional(Text),
  status_detail: Type.Optional(Text),
  external_reference: Type.Optional(Text),
  transaction_amount: Type.Optional(Amount),
  transaction_amount_refunded: Type.Optional(Amount),
  currency_id: Type.Optional(Text),
  collector_id: Type.Optional(Type.Union([Type.Integer(), Text])),
  point_of_interaction: Type.Optional(
    Type.Union([
      Type.Null(),
      Type.Object({
        references: Type.Optional(
          Type.Union([
            Type.Null(),
            Type.Array(
              Type.Object({ type: Type.Optional(Text), id: Type.Optional(Type.Union([Type.Integer(), Text])) }),
            ),
          ]),
        ),
      }),
    ]),
  ),
});

const ListAnswer = Type.Object({
  paging: Type.Object({ total: Type.Integer({ minimum: 0 }) }),
  results: Type.Array(ListedAnswer),
});

const RANGES = { made: "date_created", changed: "date_last_updated" } as const;

/**
 * Mercado Pago's list of payments (`/v1/payments/search`): links' payments, those behind paid QR orders, and whatever
 * else came to the account.
 *
 * @param sellerId whose account it is; payments that the seller made as a buyer are listed too and are left out
 */
export function makePaymentList({
  sdk,
  sellerId,
}: {
  readonly sdk: Sdk;
  readonly sellerId: string | null;
}): PaymentList {
  return {
    listPayments: async (query) => {
      const options = searchOptions(query);
      const answer = await sdk({
        answer: ListAnswer,
        key: null,
        send: (config) => new Payment(config).search({ options }),
      });
      return mapDone(answer, ({ paging, results }) => ({
        total: paging.total,
        payments: results.filter((payment) => isOfSeller(payment, sellerId)).map(listedFrom),
      }));
    },
  };
}

function searchOptions({ by, from, to, offset }: ListQuery) {
  return {
    sort: RANGES[by],
    criteria: "asc",
    range: RANGES[by],
    begin_date: from.toISOString(),
    // The provider's window holds its last instant; ours does not.
    end_date: new Date(to.getTime() - 1).toISOString(),
    limit: LIST_PAGE_SIZE,
    offset,
  } as const;
}

function isOfSeller({ collector_id: collector }: Static<typeof ListedAnswer>, sellerId: string | null): boolean {
  return collector == null || sellerId === null || String(collector) === sellerId;
}

function listedFrom(payment: Static<typeof ListedAnswer>): ListedPayment {
  const { status, status_detail: detail, external_reference: reference, currency_id: currency } = payment;
  const orderRef = payment.point_of_interaction?.references?.find(({ type }) => type === "ORDER_MP");
  return {
    id: String(payment.id),
    reference: reference ?? null,
    state: paymentState({ status: status ?? "", status_detail: detail ?? null }) ?? null,
    amountCents: fromDecimal(payment.transaction_amount ?? 0) ?? 0,
    refundedCents: fromDecimal(payment.transaction_amount_refunded ?? 0) ?? 0,
    currency: currency ?? null,
    orderId: orderRef?.id == null ? null : String(orderRef.id),
  };
}
