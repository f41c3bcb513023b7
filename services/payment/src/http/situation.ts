import { instructionOf } from "@comanda/contracts";
import type { Words } from "@comanda/service-kit";
import type { Charge } from "../domain/charge.ts";
import { isOutcomeUnknown } from "../domain/check-plan.ts";
import { MADE_ELSEWHERE, refundingCents } from "../domain/refund-sums.ts";
import { codeOfStep } from "../domain/step-code.ts";
import { isUnderWay } from "../domain/transitions.ts";
import { worriesOf } from "../domain/worries.ts";
import { inReais } from "./problem-words.ts";

/**
 * How a charge stands, in one sentence for the cashier: what to do with the food and with the guest. `{amount}` is filled
 * in. The names are part of the API: they may be added to, never changed. docs/payments.md has a moment for each.
 */
export const SITUATION_WORDS = {
  "being-made": words("Gerando a cobrança; aguarde alguns segundos.", "The charge is being made; wait a few seconds."),
  "provider-away": words(
    "O Mercado Pago não respondeu. O pedido está guardado; ofereça pagar no balcão.",
    "Mercado Pago did not answer. The order is kept; offer to take the money at the counter.",
  ),
  "outcome-unknown": words(
    "Não sabemos se o Mercado Pago criou a cobrança; o sistema está procurando.",
    "Whether Mercado Pago made the charge is not known; it is being looked for.",
  ),
  "not-made": words(
    "O Mercado Pago não fez a cobrança. Escolha outra forma de pagamento.",
    "Mercado Pago did not make the charge. Choose another way to pay.",
  ),
  waiting: words("Aguardando o pagamento de {amount}.", "Waiting for {amount} to be paid."),
  "waiting-at-counter": words("Receba {amount} no balcão.", "Take {amount} at the counter."),
  "in-review": words(
    "O banco está analisando o pagamento. Ainda não prepare.",
    "The bank reviews the payment. Do not prepare yet.",
  ),
  refused: words("O pagamento foi recusado. Ofereça outra forma.", "The payment was refused. Offer another way."),
  expired: words("O prazo acabou e nada foi pago.", "The time is over and nothing was paid."),
  cancelled: words("A cobrança foi encerrada; nada foi pago.", "The charge was closed; nothing was paid."),
  "wrong-amount": words(
    "Valor errado: não prepare. O que foi pago está sendo devolvido.",
    "A wrong amount: do not prepare. What was paid is being given back.",
  ),
  "wrong-amount-returned": words(
    "Valor errado: não prepare. O que foi pago já voltou ao cliente.",
    "A wrong amount: do not prepare. What was paid is back with the guest.",
  ),
  "fraud-suspected": words(
    "O Mercado Pago suspeita de fraude: não entregue antes de falar com o gerente.",
    "Mercado Pago suspects fraud: hand nothing over before you have told the manager.",
  ),
  "not-recognised": words("Pagamento não reconhecido: chame o gerente.", "A payment not recognised: call the manager."),
  paid: words("Pago.", "Paid."),
  "paid-late": words(
    "Pago depois do prazo: o pedido diz se ainda dá tempo; se não der, o dinheiro volta sozinho.",
    "Paid after its time: the order says whether it can still be made; if not, the money goes back by itself.",
  ),
  "paid-while-cancelling": words(
    "O cliente pagou enquanto cancelávamos: devolução automática.",
    "The guest paid while we cancelled: it goes back by itself.",
  ),
  "paid-too-late": words(
    "Pago depois do prazo: o dinheiro está sendo devolvido sozinho.",
    "Paid after its time: the money is going back by itself.",
  ),
  "paid-twice": words(
    "Pago duas vezes: o segundo pagamento está sendo devolvido sozinho.",
    "Paid twice: the second payment is going back by itself.",
  ),
  "won-back": words(
    "A contestação foi decidida a nosso favor: o dinheiro é nosso.",
    "The dispute was decided for us: the money is ours.",
  ),
  "refund-under-way": words("Devolução em andamento: {amount}.", "A refund is under way: {amount}."),
  refunded: words("Devolvido.", "Given back."),
  "refunded-in-part": words("Pago; {amount} já devolvidos.", "Paid; {amount} given back."),
  "refunded-in-panel": words("Devolvido direto no Mercado Pago.", "Given back in Mercado Pago's own panel."),
  "refund-failed": words(
    "A devolução falhou (sem saldo?). Um administrador precisa tentar de novo.",
    "The refund failed (no balance?). An administrator must try again.",
  ),
  "refund-beside-failed": words(
    "A devolução do pagamento a mais falhou. Um administrador precisa tentar de novo.",
    "Giving back what came beside it failed. An administrator must try again.",
  ),
  disputed: words(
    "O cliente contestou o pagamento. Guarde o comprovante e avise o gerente.",
    "The guest disputes the payment. Keep the receipt and tell the manager.",
  ),
  "charged-back": words("O banco devolveu o dinheiro ao cliente.", "The bank gave the money back to the guest."),
  "at-terminal": words("{instruction}", "Look at the card terminal: {detail}."),
} as const satisfies Readonly<Record<string, Words>>;

/** The stable name of a situation. */
export type SituationCode = keyof typeof SITUATION_WORDS;

/** In place of an amount, for the kitchen: it reads what to do with the food, and no price. */
const HIDDEN_AMOUNT = "R$ ***";

/** How a charge stands, as a cashier reads it. */
export function situationOf(
  charge: Charge,
  {
    language,
    now,
    hidesAmount = false,
  }: { readonly language: keyof Words; readonly now: Date; readonly hidesAmount?: boolean },
): { readonly code: SituationCode; readonly summary: string } {
  const code = codeOf(charge, now);
  const { amountCents, refundedCents, refunds, detail } = charge;
  const cents =
    code === "refund-under-way" ? refundingCents(refunds) : code === "refunded-in-part" ? refundedCents : amountCents;
  const summary = SITUATION_WORDS[code][language]
    .replace("{amount}", () => (hidesAmount ? HIDDEN_AMOUNT : inReais(cents)))
    .replace("{instruction}", () => instructionOf(detail) ?? "")
    .replace("{detail}", () => (detail ?? "").replaceAll("_", " "));
  return { code, summary };
}

/** What calls for somebody comes first, then money that moves, then what is. */
function codeOf(charge: Charge, now: Date): SituationCode {
  const worries = new Map(worriesOf(charge, now).map((worry) => [worry.code, worry]));
  if (worries.has("fraud-alert")) return "fraud-suspected";
  const failed = worries.get("refund-not-made-good")?.refundId;
  if (failed !== undefined) return isBeside(charge, failed) ? "refund-beside-failed" : "refund-failed";
  if (worries.has("money-not-ours")) return "not-recognised";
  return ofStrays(charge) ?? ofStatus(charge);
}

function isBeside({ refunds }: Charge, refundId: string | null): boolean {
  return refunds.find(({ id }) => id === refundId)?.strayPaymentId != null;
}

/** Money that came beside the charge's own, or of a wrong amount. */
function ofStrays({ refunds, approvedAt }: Charge): SituationCode | null {
  const strays = refunds.filter(({ strayPaymentId }) => strayPaymentId !== null);
  const isMoving = strays.some(isUnderWay);
  if (strays.length === 0) return null;
  if (approvedAt === null) return isMoving ? "wrong-amount" : "wrong-amount-returned";
  return isMoving ? "paid-twice" : null;
}

function ofStatus(charge: Charge): SituationCode {
  const { status, provider, detail } = charge;
  switch (status) {
    case "created":
      if (charge.making === "unavailable") return "provider-away";
      return charge.making === "unknown" ? "outcome-unknown" : "being-made";
    case "pending":
      if (provider === "counter") return "waiting-at-counter";
      return detail === null ? "waiting" : "at-terminal";
    case "in_process":
      return detail === null ? "in-review" : "at-terminal";
    case "rejected":
      return detail === null ? "refused" : "at-terminal";
    case "failed":
    case "expired":
    case "cancelled":
      return ofClosed(charge, status);
    case "approved":
      if (wasDisputed(charge)) return "won-back";
      return wasLate(charge) ? "paid-late" : "paid";
    case "refund_pending":
      return ofReturning(charge);
    case "partially_refunded":
      return "refunded-in-part";
    case "refunded":
      return charge.refunds.every(({ reason }) => reason === MADE_ELSEWHERE) ? "refunded-in-panel" : "refunded";
    case "in_dispute":
      return "disputed";
    case "charged_back":
      return "charged-back";
  }
}

function ofClosed(charge: Charge, status: "failed" | "expired" | "cancelled"): SituationCode {
  if (isOutcomeUnknown(charge)) return "outcome-unknown";
  if (charge.detail !== null) return "at-terminal";
  return status === "failed" ? "not-made" : status;
}

function ofReturning(charge: Charge): SituationCode {
  if (charge.entries.some((entry) => codeOfStep(entry) === "close-refused")) return "paid-while-cancelling";
  const newest = charge.refunds.findLast(isUnderWay);
  if (newest?.reason === "paid_twice") return "paid-twice";
  return wasLate(charge) || newest?.reason === "paid_too_late" ? "paid-too-late" : "refund-under-way";
}

function wasLate({ entries }: Charge): boolean {
  return entries.some(({ detail: { alarms } }) => Array.isArray(alarms) && alarms.includes("paid-late"));
}

function wasDisputed({ entries }: Charge): boolean {
  return entries.some(
    ({ kind, detail }) => kind === "decision" && ["in_dispute", "charged_back"].includes(String(detail["status"])),
  );
}

function words(pt: string, en: string): Words {
  return { pt, en };
}
