import type { Words } from "@comanda/service-kit";
import type { HouseReason } from "../domain/typed-reasons.ts";

/** Reasons that the house itself gives, as they are kept; what people wrote is in whatever language they wrote. */
const OWN = {
  "asked for": { pt: "a pedido", en: "asked for" },
  "a new attempt was begun": { pt: "outra tentativa começou", en: "a new attempt was begun" },
  "its time is over": { pt: "o prazo acabou", en: "its time is over" },
  "made at the provider": { pt: "feita no painel do Mercado Pago", en: "made in Mercado Pago's panel" },
  order_cancelled: { pt: "o pedido foi cancelado", en: "the order was cancelled" },
  order_rejected: { pt: "a loja recusou o pedido", en: "the shop refused the order" },
  order_expired: { pt: "o prazo do pedido acabou", en: "the order's time was over" },
  method_changed: { pt: "o pedido será pago de outra forma", en: "the order is paid another way" },
  paid_twice: { pt: "o pedido já estava pago", en: "the order was paid already" },
  paid_too_late: { pt: "pago depois do prazo do pedido", en: "paid after the order's time" },
  wrong_amount: { pt: "o valor não é o do pedido", en: "the amount is not the order's" },
  item_refused: { pt: "item recusado pela cozinha", en: "the kitchen refused an item" },
  "pago em duplicidade": { pt: "pago em duplicidade", en: "paid twice" },
  "pago com valor errado": { pt: "pago com valor errado", en: "paid with a wrong amount" },
  "item recusado pela cozinha": { pt: "item recusado pela cozinha", en: "the kitchen refused an item" },
  "reason removed": { pt: "motivo escrito, já apagado", en: "a written reason, removed since" },
} as const satisfies Readonly<Record<HouseReason, Words>>;

const WORDS: ReadonlyMap<string, Words> = new Map(Object.entries(OWN));

/** A reason as people read it. */
export function ownReasonIn(language: keyof Words, reason: string): string {
  return WORDS.get(reason)?.[language] ?? reason;
}
