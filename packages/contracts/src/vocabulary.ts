/** What happens to the food (the contract, order service). */
export const ORDER_STATUSES = [
  "requested",
  "paid",
  "preparing",
  "ready_for_pickup",
  "out_for_delivery",
  "delivered",
  "unclaimed",
  "cancelled",
  "rejected",
  "refunded",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What happens to the money of an order: derived from its charges, never set by hand. */
export const ORDER_PAYMENT_STATUSES = [
  "pending",
  "awaiting_payment",
  "in_process",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "charged_back",
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

/** The life of one charge (the contract, payment service). */
export const CHARGE_STATUSES = [
  "created",
  "pending",
  "in_process",
  "approved",
  "rejected",
  "expired",
  "cancelled",
  "failed",
  "refund_pending",
  "partially_refunded",
  "refunded",
  "in_dispute",
  "charged_back",
] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

/** The ways to pay. */
export const PAYMENT_METHODS = ["qr", "link", "counter", "terminal"] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/**
 * What a person at a card terminal has to know now, or why a card was refused: the code that programs read, and the
 * sentence that guests and staff do. The refusals are Mercado Pago's own words for them (Point, status of transactions),
 * but for `wrong_amount`, which is ours.
 */
export const CHARGE_DETAILS = {
  waiting_for_terminal: "A maquininha está ocupada com outro pedido. Aguarde a sua vez.",
  sent_to_terminal: "A cobrança foi enviada à maquininha. Se ela não aparecer, confira se a maquininha está ligada.",
  at_terminal: "Siga as instruções na maquininha.",
  check_on_terminal: "Siga as instruções na maquininha e confira nela se o cartão foi cobrado.",
  cancellation_requested: "A maquininha está cancelando a cobrança. Aguarde alguns segundos.",
  canceled_on_terminal: "A cobrança foi cancelada na maquininha.",
  terminal_unavailable: "Esta maquininha não pode cobrar agora. Escolha outra forma de pagamento.",
  failed: "O pagamento não foi aprovado. Tente de novo ou escolha outra forma de pagamento.",
  bad_filled_card_data: "Os dados do cartão não conferem. Tente de novo com atenção à senha e à leitura do cartão.",
  high_risk: "O pagamento foi recusado por segurança. Escolha outra forma de pagamento.",
  rejected_by_issuer: "O banco do cartão recusou o pagamento. Tente outro cartão ou outra forma de pagamento.",
  required_call_for_authorize: "O banco pede que você autorize a compra com ele. Tente outro cartão por enquanto.",
  max_attempts_exceeded: "Houve tentativas demais com este cartão. Use outro cartão ou outra forma de pagamento.",
  card_disabled: "O cartão está desativado. Fale com o banco ou use outro cartão.",
  insufficient_amount: "O cartão não tem saldo ou limite para esta compra. Tente outro cartão.",
  amount_limit_exceeded: "O valor passa do limite do cartão. Tente outro cartão ou outra forma de pagamento.",
  processing_error: "A maquininha não conseguiu concluir o pagamento. Tente de novo.",
  invalid_installments: "O cartão não aceita este parcelamento. Tente de novo à vista.",
  wrong_amount: "O valor pago não é o do pedido e está voltando. Pague de novo, com o valor certo.",
  in_review: "O pagamento ficou em análise no banco. Escolha outra forma de pagamento.",
} as const;
export type ChargeDetail = keyof typeof CHARGE_DETAILS;

/** The known detail that `code` is; `null` for none, and for one that a newer producer may say. */
export function toChargeDetail(code: string | null | undefined): ChargeDetail | null {
  return code != null && Object.hasOwn(CHARGE_DETAILS, code) ? (code as ChargeDetail) : null; // its own key, see left
}

/** The sentence of a detail, in Brazilian Portuguese; `null` when there is nothing to say. */
export function instructionOf(detail: ChargeDetail | null): string | null {
  return detail === null ? null : CHARGE_DETAILS[detail];
}
