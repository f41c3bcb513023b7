import type { CardFace } from "../domain/card.ts";
import { offsetDate } from "../domain/dates.ts";
import { reaisOfCents } from "../domain/money.ts";
import { type Order, paidCentsOf, returnedCents } from "../domain/order.ts";
import { type Payment, type PaymentRefund, refundedCents, refundStatusOf } from "../domain/payment.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { World } from "../world.ts";
import { qrPngBase64 } from "./qr-png.ts";

/** A payment as `/v1/payments` shows it. */
export const presentPayment = (world: World, payment: Payment) => {
  const amount = reaisOfCents(payment.amountCents);
  const isApproved = payment.approvedMs !== null;
  const { echo } = payment;
  return {
    ...constantMembers,
    id: payment.id,
    date_created: offsetDate(payment.createdMs),
    date_approved: dateOrNull(payment.approvedMs),
    date_last_updated: offsetDate(payment.updatedMs),
    date_of_expiration: dateOrNull(payment.expiresMs),
    money_release_date: dateOrNull(payment.approvedMs),
    payment_method_id: payment.methodId,
    payment_type_id: payment.methodType,
    payment_method: { id: payment.methodId, type: payment.methodType, issuer_id: null, data: {} },
    status: payment.status,
    status_detail: payment.statusDetail,
    description: echo.description,
    collector_id: Number(payment.userId),
    payer: { ...unknownPayer, ...echo.payer },
    metadata: echo.metadata,
    additional_info: textsOfItems(echo.additionalInfo),
    issuer_id: payment.card === undefined ? null : "24",
    card: payment.card === undefined ? {} : presentCard(payment.card),
    installments: payment.installments ?? 1,
    captured: payment.isCaptured ?? true,
    order: payment.merchantOrderId === null ? {} : { id: String(payment.merchantOrderId), type: "mercadopago" },
    external_reference: payment.externalReference,
    transaction_amount: amount,
    transaction_amount_refunded: reaisOfCents(refundedCents(payment)),
    transaction_details: transactionDetails({ amount, isApproved }),
    binary_mode: echo.binaryMode,
    statement_descriptor: echo.statementDescriptor,
    notification_url: payment.notificationUrl,
    refunds: payment.refunds.map((refund) => presentRefund(payment, refund)),
    pos_id: null,
    store_id: null,
    point_of_interaction: presentInteraction(world, payment),
  };
};

/** The payment of a paid QR order, as `/v1/payments` shows it by the number the order gives. */
export const presentInstorePayment = (order: Order, paid: NonNullable<Order["paid"]>) => {
  const amount = reaisOfCents(paidCentsOf(order));
  return {
    ...constantMembers,
    id: paid.referenceId,
    date_created: offsetDate(paid.paidMs),
    date_approved: offsetDate(paid.paidMs),
    date_last_updated: offsetDate(order.updatedMs),
    date_of_expiration: null,
    money_release_date: offsetDate(paid.paidMs),
    payment_method_id: paid.methodId,
    payment_type_id: paid.methodType,
    payment_method: { id: paid.methodId, type: paid.methodType, issuer_id: null, data: {} },
    ...instoreState(order),
    description: order.echo.description ?? null,
    collector_id: Number(order.userId),
    payer: unknownPayer,
    metadata: {},
    additional_info: {},
    order: {},
    external_reference: order.externalReference,
    transaction_amount: amount,
    transaction_amount_refunded: reaisOfCents(returnedCents(order)),
    transaction_details: transactionDetails({ amount, isApproved: true }),
    binary_mode: false,
    statement_descriptor: null,
    notification_url: null,
    refunds: [],
    pos_id: order.pos === null ? null : String(order.pos.id),
    store_id: order.pos === null ? null : String(order.pos.storeId),
    point_of_interaction: { type: "INSTORE", references: [{ type: "ORDER_MP", id: order.id }] },
  };
};

/** How the payment behind a paid order stands. */
export const instoreState = ({ status, statusDetail }: Order) => {
  if (status === "refunded" || status === "charged_back") return { status, status_detail: statusDetail };
  if (statusDetail === "in_mediation") return { status: statusDetail, status_detail: "in_process" };
  return { status: "approved", status_detail: statusDetail };
};

/** A refund of a payment. */
export const presentRefund = (payment: Payment, refund: PaymentRefund) => ({
  id: refund.id,
  payment_id: payment.id,
  amount: reaisOfCents(refund.amountCents),
  metadata: {},
  source: { id: payment.userId, name: "TESTE SIMULADOR", type: "collector" },
  date_created: offsetDate(refund.createdMs),
  unique_sequence_number: null,
  refund_mode: "standard",
  adjustment_amount: 0,
  status: refundStatusOf(refund),
  amount_refunded_to_payer: refundStatusOf(refund) === "rejected" ? 0 : reaisOfCents(refund.amountCents),
  reason: null,
  labels: [],
  partition_details: [],
});

/** This family answers the numbers of items as text. */
const textsOfItems = (info: JsonObject): JsonObject => {
  const { items } = info;
  if (!Array.isArray(items)) return info;
  const asText = (value: Json | undefined) => (typeof value === "number" ? String(value) : value);
  return {
    ...info,
    items: items.map((item) =>
      isJsonObject(item)
        ? { ...item, quantity: asText(item["quantity"]), unit_price: asText(item["unit_price"]) }
        : item,
    ),
  };
};

const presentCard = (card: CardFace) => ({
  id: null,
  first_six_digits: card.firstSix,
  last_four_digits: card.lastFour,
  expiration_month: card.expirationMonth,
  expiration_year: card.expirationYear,
  cardholder: card.holder,
});

const constantMembers = {
  operation_type: "regular_payment",
  issuer_id: null,
  currency_id: "BRL",
  live_mode: false,
  taxes_amount: 0,
  shipping_amount: 0,
  coupon_amount: 0,
  installments: 1,
  fee_details: [],
  charges_details: [],
  captured: true,
  card: {},
  processing_mode: "aggregator",
  money_release_schema: null,
  money_release_status: "pending",
  acquirer_reconciliation: [],
  build_version: "sandbox",
};

const unknownPayer = {
  id: "2000000099",
  email: "test_user_br@testuser.com",
  identification: { type: null, number: null },
  phone: { area_code: null, number: null, extension: null },
  first_name: null,
  last_name: null,
  type: null,
  entity_type: null,
  operator_id: null,
};

const transactionDetails = ({ amount, isApproved }: { amount: number; isApproved: boolean }) => ({
  net_received_amount: isApproved ? amount : 0,
  total_paid_amount: amount,
  overpaid_amount: 0,
  external_resource_url: null,
  installment_amount: 0,
  financial_institution: null,
  payable_deferral_period: null,
  acquirer_reference: null,
  payment_method_reference_id: null,
  bank_transfer_id: null,
  transaction_id: null,
});

const presentInteraction = (world: World, payment: Payment) => {
  const kind = {
    type: payment.preferenceId === null ? "OPENPLATFORM" : "CHECKOUT",
    business_info: {
      unit: "online_payments",
      sub_unit: payment.preferenceId === null ? "default" : "checkout_pro",
    },
    application_data: { name: null, version: null },
  };
  if (payment.qrCode === null) return { ...kind, transaction_data: {} };
  return {
    ...kind,
    transaction_data: {
      qr_code: payment.qrCode,
      qr_code_base64: qrPngBase64(payment.qrCode),
      ticket_url: `${world.publicUrl()}/payments/${payment.id}/ticket?caller_id=${payment.userId}&hash=simulador`,
      bank_transfer_id: null,
      transaction_id: null,
      e2e_id: null,
      financial_institution: null,
      bank_info: { payer: {}, collector: {}, is_same_bank_account_owner: null },
    },
  };
};

const dateOrNull = (ms: number | null) => (ms === null ? null : offsetDate(ms));
