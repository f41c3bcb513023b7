import { type ProblemCatalogue, problemsOf } from "@comanda/service-kit";

/** Every refusal of the payment service's own, beside those of the house. */
export const paymentProblems = {
  "attempt-taken": {
    status: 409,
    title: { pt: "Tentativa já usada", en: "Attempt taken" },
    detail: {
      pt: "Este pedido já tem uma cobrança para esta tentativa, com outros dados.",
      en: "This order already has a charge for this attempt, with other data.",
    },
  },
  "attempt-superseded": {
    status: 409,
    title: { pt: "Tentativa ultrapassada", en: "Attempt superseded" },
    detail: {
      pt: "Este pedido já tem uma tentativa de pagamento mais nova.",
      en: "This order already has a newer payment attempt.",
    },
  },
  "already-paid": {
    status: 409,
    title: { pt: "Já foi pago", en: "Already paid" },
    detail: {
      pt: "O pagamento já foi recebido. Para devolver o dinheiro, peça uma devolução.",
      en: "The payment has been received. To give the money back, ask for a refund.",
    },
  },
  "already-closed": {
    status: 409,
    title: { pt: "Cobrança encerrada", en: "Charge closed" },
    detail: {
      pt: "Esta cobrança está {situation}. Faça uma nova tentativa de pagamento.",
      en: "This charge is closed already ({status}). Begin a new payment attempt.",
    },
  },
  "not-at-counter": {
    status: 409,
    title: { pt: "Não é pagamento no balcão", en: "Not a counter payment" },
    detail: {
      pt: "Esta cobrança não é recebida no balcão. Mude a forma de pagamento do pedido primeiro.",
      en: "This charge is not taken at the counter. Change the order's payment method first.",
    },
  },
  "already-received": {
    status: 409,
    title: { pt: "Já recebido", en: "Already received" },
    detail: {
      pt: "O dinheiro desta cobrança já foi recebido no balcão.",
      en: "The money of this charge was taken at the counter already.",
    },
  },
  "received-too-little": {
    status: 422,
    title: { pt: "Valor insuficiente", en: "Too little received" },
    detail: { pt: "Faltam {missing}.", en: "{missing} are missing." },
  },
  "card-takes-exact": {
    status: 422,
    title: { pt: "Cartão não tem troco", en: "No change on a card" },
    detail: {
      pt: "No cartão o valor recebido é exatamente o valor da cobrança.",
      en: "On a card the received amount is exactly the amount of the charge.",
    },
  },
  "nothing-to-refund": {
    status: 409,
    title: { pt: "Nada a devolver", en: "Nothing to refund" },
    detail: {
      pt: "Esta cobrança está {situation}: não há dinheiro a devolver.",
      en: "This charge is {status}: there is no money to give back.",
    },
  },
  "refund-exceeds-paid": {
    status: 422,
    title: { pt: "Valor maior que o pago", en: "Refund exceeds what was paid" },
    detail: {
      pt: "Ainda podem ser devolvidos no máximo {left}.",
      en: "At most {left} can still be given back.",
    },
  },
  "refund-window-over": {
    status: 409,
    title: { pt: "Prazo de devolução encerrado", en: "Refund window over" },
    detail: {
      pt: "Passaram-se mais de 360 dias: o Mercado Pago não devolve mais. Devolva de outra forma, como por Pix.",
      en: "More than 360 days have passed: Mercado Pago gives nothing back any more. Give it back another way.",
    },
  },
  "refund-item-unknown": {
    status: 422,
    title: { pt: "Item desconhecido", en: "Unknown item" },
    detail: {
      pt: "Esta cobrança não tem um dos itens pedidos.",
      en: "This payment lacks one of the items that were named.",
    },
  },
  "refund-item-repeated": {
    status: 422,
    title: { pt: "Item já devolvido", en: "Item given back already" },
    detail: {
      pt: "Deste item ainda podem ser devolvidas no máximo {left} unidades.",
      en: "Of this item at most {left} can still be given back.",
    },
  },
  "refund-not-failed": {
    status: 409,
    title: { pt: "Devolução não falhou", en: "Refund has not failed" },
    detail: {
      pt: "Só uma devolução que falhou pode ser tentada de novo.",
      en: "Only a refund that failed can be tried again.",
    },
  },
  "idempotency-key-reused": {
    status: 422,
    title: { pt: "Chave de idempotência reutilizada", en: "Idempotency key reused" },
    detail: {
      pt: "Esta Idempotency-Key já foi usada com outros dados.",
      en: "This Idempotency-Key was used with other data before.",
    },
  },
  "terminal-unknown": {
    status: 422,
    title: { pt: "Maquininha desconhecida", en: "Unknown card terminal" },
    detail: {
      pt: "O Mercado Pago não conhece esta maquininha. Veja as que existem em GET /payments/terminals.",
      en: "Mercado Pago does not know this card terminal. GET /payments/terminals shows those that exist.",
    },
  },
  "reconciliation-not-done": {
    status: 409,
    title: { pt: "Conciliação não concluída", en: "Reconciliation not done" },
    detail: {
      pt: "Esta conciliação ainda não terminou, ou falhou: não há tabela.",
      en: "This reconciliation has not ended yet, or has failed: there is no table.",
    },
  },
  "signature-invalid": {
    status: 401,
    title: { pt: "Assinatura inválida", en: "Invalid signature" },
    detail: {
      pt: "A assinatura desta notificação não confere.",
      en: "The signature of this notification does not match.",
    },
  },
  "provider-unavailable": {
    status: 503,
    title: { pt: "Mercado Pago indisponível", en: "Mercado Pago unavailable" },
    detail: {
      pt: "O Mercado Pago não respondeu. Nada foi perdido; tente de novo em instantes.",
      en: "Mercado Pago did not answer. Nothing is lost; please try again in a moment.",
    },
  },
} as const satisfies ProblemCatalogue;

/** Makes one of the payment service's own problems, to be thrown by a route. */
export const paymentProblem = problemsOf(paymentProblems);
