import type { ProblemCatalogue } from "@comanda/service-kit";

/** Refusals about orders. */
export const orderProblems = {
  "illegal-transition": {
    status: 409,
    title: { pt: "Mudança não permitida", en: "Transition not allowed" },
    detail: {
      pt: "O pedido não pode passar para este estado agora.",
      en: "The order cannot go to this status now.",
    },
  },
  "payment-not-approved": {
    status: 409,
    title: { pt: "Pagamento não aprovado", en: "Payment not approved" },
    detail: {
      pt: "O dinheiro deste pedido voltou ou está voltando ao cliente: o preparo não pode começar.",
      en: "The money of this order went back, or is on its way: its preparation cannot start.",
    },
  },
  "item-not-refundable": {
    status: 409,
    title: { pt: "Item não pode ser devolvido à parte", en: "Item cannot be refunded separately" },
    detail: {
      pt: "Só um item recusado de um pedido pago pode ser devolvido à parte.",
      en: "Only a refused item of a paid order can be refunded separately.",
    },
  },
  "version-conflict": {
    status: 409,
    title: { pt: "O pedido já mudou", en: "The order has changed" },
    detail: {
      pt: "Alguém mudou este pedido antes de você; ele está agora na versão {version}.",
      en: "Somebody changed this order before you did; it is at version {version} now.",
    },
  },
  "precondition-failed": {
    status: 412,
    title: { pt: "O pedido já mudou", en: "The order has changed" },
    detail: {
      pt: "A versão em If-Match não é a atual do pedido.",
      en: "The version in If-Match is not the order's present one.",
    },
  },
  "too-many-unpaid-orders": {
    status: 429,
    title: { pt: "Muitos pedidos sem pagamento", en: "Too many unpaid orders" },
    detail: {
      pt: "Pague ou cancele um dos seus pedidos para fazer outro.",
      en: "Pay or cancel one of your orders to place another.",
    },
  },
  "order-total-too-high": {
    status: 422,
    title: { pt: "Valor do pedido acima do limite", en: "Order total over the limit" },
    detail: { pt: "Um pedido vai até R$ 10.000,00.", en: "An order goes up to R$ 10,000.00." },
  },
  "line-count-out-of-range": {
    status: 422,
    title: { pt: "Quantidade de itens inválida", en: "Invalid number of items" },
    detail: { pt: "Um pedido tem de 1 a 50 itens diferentes.", en: "An order has 1 to 50 different items." },
  },
  "payment-method-unavailable": {
    status: 422,
    title: { pt: "Forma de pagamento indisponível", en: "Payment method unavailable" },
    detail: {
      pt: "Esta forma de pagamento não está disponível. Escolha outra.",
      en: "This payment method is not available. Please choose another.",
    },
  },
  "terminal-busy": {
    status: 409,
    title: { pt: "Maquininha ocupada", en: "Card terminal busy" },
    detail: {
      pt: "A maquininha está ocupada com outro pedido. Aguarde um instante ou escolha outra forma de pagamento.",
      en: "The card terminal is busy with another order. Please wait a moment or choose another payment method.",
    },
  },
  "idempotency-key-reused": {
    status: 422,
    title: { pt: "Chave de idempotência reutilizada", en: "Idempotency key reused" },
    detail: {
      pt: "Esta Idempotency-Key já foi usada com outro conteúdo.",
      en: "This Idempotency-Key was used with another body.",
    },
  },
  "request-in-progress": {
    status: 409,
    title: { pt: "Requisição em andamento", en: "Request in progress" },
    detail: {
      pt: "A primeira requisição com esta chave ainda está em andamento. Repita em instantes.",
      en: "The first request with this key is still running. Please repeat in a moment.",
    },
  },
  "already-paid": {
    status: 409,
    title: { pt: "Pedido já pago", en: "Order already paid" },
    detail: { pt: "Este pedido já está pago.", en: "This order is paid already." },
  },
  "order-not-payable": {
    status: 409,
    title: { pt: "Pedido não aguarda pagamento", en: "Order not awaiting payment" },
    detail: { pt: "Este pedido não aguarda pagamento.", en: "This order is not awaiting payment." },
  },
  "charge-still-open": {
    status: 409,
    title: { pt: "Cobrança ainda aberta", en: "Charge still open" },
    detail: {
      pt: "A cobrança anterior ainda está em andamento. Aguarde a confirmação.",
      en: "The previous charge is still under way. Please wait until it has ended.",
    },
  },
  "payment-service-unavailable": {
    status: 503,
    title: { pt: "Pagamento indisponível", en: "Payment unavailable" },
    detail: {
      pt: "Não foi possível falar com o serviço de pagamento. Tente de novo em instantes.",
      en: "The payment service could not be reached. Please try again in a moment.",
    },
  },
} as const satisfies ProblemCatalogue;
