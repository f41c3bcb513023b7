import type { Words } from "@comanda/service-kit";

/**
 * Every kind of step in the flow of a charge, and how a cashier reads it. `{amount}`, `{method}` … are filled in from the
 * step (tell-step.ts). The names are part of the API: they may be added to, never changed.
 */
export const STEP_WORDS = {
  "charge-wanted": words(
    "O pedido quer cobrar {amount} ({method}, tentativa {attempt}).",
    "The order wants {amount} charged ({method}, attempt {attempt}).",
  ),
  "charge-asked": words(
    "Pedimos ao Mercado Pago a cobrança de {amount}{again}.",
    "Mercado Pago is asked for a charge of {amount}{again}.",
  ),
  "charge-made": words("O Mercado Pago criou a cobrança.", "Mercado Pago made the charge."),
  "qr-invalid": words(
    "O QR que veio não é válido e não foi mostrado.",
    "The QR that came is invalid and was not shown.",
  ),
  "qr-other-amount": words(
    "O QR que veio tem outro valor e não foi mostrado.",
    "The QR that came is of another amount and was not shown.",
  ),
  "charge-refused": words(
    "O Mercado Pago recusou a cobrança ({reason}).",
    "Mercado Pago refused the charge ({reason}).",
  ),
  "charge-unanswered": words(
    "Sem resposta: não se sabe se o Mercado Pago criou a cobrança. Perguntamos de novo.",
    "No answer: whether Mercado Pago made the charge is not known. It is asked again.",
  ),
  "charge-not-reached": words(
    "O Mercado Pago não foi alcançado e nada criou. Tentamos de novo.",
    "Mercado Pago was not reached and made nothing. It is asked again.",
  ),
  "refund-wanted": words("Devolução de {amount} pedida: {reason}.", "A refund of {amount} is wanted: {reason}."),
  "refund-handed-out": words(
    "{amount} devolvidos no balcão: {reason}.",
    "{amount} handed back at the counter: {reason}.",
  ),
  "refund-asked": words(
    "Pedimos ao Mercado Pago a devolução de {amount}{again}.",
    "Mercado Pago is asked to give back {amount}{again}.",
  ),
  "refund-in-process": words("O Mercado Pago está devolvendo {amount}.", "Mercado Pago is giving {amount} back."),
  "refund-done": words("O Mercado Pago devolveu {amount}.", "Mercado Pago gave {amount} back."),
  "refund-failed": words(
    "A devolução de {amount} falhou no Mercado Pago.",
    "Giving {amount} back failed at Mercado Pago.",
  ),
  "refund-refused": words(
    "O Mercado Pago recusou devolver {amount} ({reason}).",
    "Mercado Pago refused to give {amount} back ({reason}).",
  ),
  "refund-doubted": words(
    "O Mercado Pago não confirmou a devolução de {amount}; lemos como está e perguntamos de novo.",
    "Mercado Pago did not confirm giving {amount} back; its state is read, and it is asked again.",
  ),
  "refund-unanswered": words(
    "Sem resposta: não se sabe se {amount} estão sendo devolvidos. Perguntamos de novo.",
    "No answer: whether {amount} is being given back is not known. It is asked again.",
  ),
  "refund-not-reached": words(
    "O Mercado Pago não foi alcançado; a devolução de {amount} será tentada de novo.",
    "Mercado Pago was not reached; giving {amount} back is tried again.",
  ),
  "close-asked": words(
    "Pedimos ao Mercado Pago que não aceite mais este pagamento.",
    "Mercado Pago is asked to take no more money for this charge.",
  ),
  "close-done": words("O Mercado Pago encerrou a cobrança.", "Mercado Pago closed the charge."),
  "close-under-way": words("O Mercado Pago está encerrando a cobrança.", "Mercado Pago is closing the charge."),
  "close-refused": words(
    "O Mercado Pago não encerrou a cobrança ({reason}); lemos como ela está.",
    "Mercado Pago did not close the charge ({reason}); its state is read.",
  ),
  "close-unanswered": words(
    "Sem resposta ao encerramento; lemos como a cobrança está.",
    "No answer to the closing; the state of the charge is read.",
  ),
  "says-open": words("O Mercado Pago diz: ainda não foi pago.", "Mercado Pago says: not paid yet."),
  "says-in-review": words("O Mercado Pago diz: pagamento em análise.", "Mercado Pago says: under review."),
  "says-unclear": words(
    "O Mercado Pago não diz se foi pago: confira na maquininha.",
    "Mercado Pago does not say whether it was paid: look at the terminal.",
  ),
  "says-paid": words("O Mercado Pago diz: pago, {amount}{returned}.", "Mercado Pago says: paid, {amount}{returned}."),
  "says-rejected": words("O Mercado Pago diz: pagamento recusado.", "Mercado Pago says: refused."),
  "says-expired": words("O Mercado Pago diz: venceu sem pagamento.", "Mercado Pago says: expired unpaid."),
  "says-cancelled": words("O Mercado Pago diz: cancelado.", "Mercado Pago says: cancelled."),
  "says-in-dispute": words("O Mercado Pago diz: o cliente contestou o pagamento.", "Mercado Pago says: disputed."),
  "says-charged-back": words(
    "O Mercado Pago diz: contestado, o dinheiro voltou ao cliente.",
    "Mercado Pago says: charged back, the money went back to the customer.",
  ),
  notified: words("Aviso do Mercado Pago recebido; lemos lá como está.", "Mercado Pago notified us; its word is read."),
  "cash-received": words(
    "{amount} recebidos no balcão, em dinheiro{change}.",
    "{amount} taken at the counter, in cash{change}.",
  ),
  "card-received": words("{amount} recebidos no balcão, no cartão.", "{amount} taken at the counter, by card."),
  closing: words("A cobrança é encerrada: {reason}.", "The charge is closed: {reason}."),
  "time-over": words("O tempo acabou: a cobrança é encerrada.", "The time is over: the charge is closed."),
  "status-changed": words("A cobrança agora está {status}.", "The charge is now {status}."),
  "status-kept": words("Há novidade; a cobrança continua {status}.", "There is news; the charge is still {status}."),
  "not-believed-reference": words(
    "Não acreditamos: o pagamento é de outra cobrança.",
    "Not believed: the payment is of another charge.",
  ),
  "not-believed-amount": words(
    "Não acreditamos: o valor não confere ({amount}).",
    "Not believed: the amount is another ({amount}).",
  ),
  "not-believed-currency": words("Não acreditamos: a moeda não confere.", "Not believed: the currency is another."),
  "customer-forgotten": words(
    "O vínculo desta cobrança com o cliente foi apagado.",
    "What joined this charge to its customer was erased.",
  ),
  "asked-anew": words("Não está no Mercado Pago: pedimos de novo.", "Not at Mercado Pago: it is asked for anew."),
  "nothing-came": words("Não está no Mercado Pago: nada foi cobrado.", "Not at Mercado Pago: nothing was charged."),
  "event-written": words("O pedido é avisado: cobrança {status}.", "The order is told: the charge is {status}."),
  "money-paid": words("Entraram {amount}.", "{amount} came in."),
  "money-refund-wanted": words("{amount} ficaram a devolver ao cliente.", "{amount} is owed to the customer."),
  "money-returned": words("Saíram {amount}, devolvidos ao cliente.", "{amount} went back to the customer."),
  "money-charged-back": words("Perdidos {amount} por contestação.", "{amount} was lost to a chargeback."),
  "money-stray-came": words("Entraram {amount} a mais, que voltam ao cliente.", "{amount} came beside, and goes back."),
  "money-stray-returned": words("Saíram {amount}, que tinham vindo a mais.", "{amount} that came beside went back."),
  "money-booked-back": words("Lançamento desfeito: {amount}.", "Booked back: {amount}."),
  other: words("{written}", "{written}"),
} as const satisfies Readonly<Record<string, Words>>;

/** The stable name of a kind of step. */
export type StepCode = keyof typeof STEP_WORDS;

/** What a reversal means, by what was booked before; else the words of its code. */
export const REVERSAL_WORDS: Readonly<Record<string, Words>> = {
  "refund-wanted": words(
    "A devolução de {amount} não aconteceu: o dinheiro continua com a loja.",
    "Giving {amount} back did not happen: the money is still the shop's.",
  ),
  "charged-back": words("A contestação foi ganha: {amount} de volta.", "The dispute was won: {amount} is back."),
};

/** What has gone back of a payment, after what the provider says of it. */
export const RETURNED_WORDS: Readonly<Record<string, Words>> = {
  done: words("; devolvidos {amount}", "; {amount} given back"),
  in_process: words("; devolvendo {amount}", "; {amount} being given back"),
  failed: words("; a devolução de {amount} falhou", "; giving {amount} back failed"),
};

export const CHANGE_WORDS = words("; troco de {amount}", "; {amount} of change");

/** What people must look at, after the sentence of the step that told it. */
export const STEP_ALARM_WORDS: Readonly<Record<string, Words>> = {
  "paid-twice": words("Atenção: foi pago duas vezes.", "Look: it was paid twice."),
  "wrong-amount": words("Atenção: veio outro valor.", "Look: another amount came."),
  "paid-late": words("Atenção: foi pago depois de encerrado.", "Look: it was paid after it was closed."),
  "refund-failed": words("Atenção: uma devolução falhou.", "Look: a refund failed."),
  "refunded-elsewhere": words("Atenção: devolvido no painel do Mercado Pago.", "Look: it was refunded in the panel."),
  "fraud-alert": words(
    "Atenção: o Mercado Pago suspeita de fraude; não entregue antes de falar com o gerente.",
    "Look: Mercado Pago suspects fraud; hand nothing over before you have told the manager.",
  ),
  disputed: words("Atenção: o cliente contestou.", "Look: the customer disputes it."),
  "terminal-unclear": words("Atenção: confira na maquininha.", "Look at the terminal."),
};

/** Of a notification that is no longer kept. */
export const FORGOTTEN_WORDS = words("O texto do aviso já foi apagado.", "Its text is no longer kept.");

export const AGAIN_WORDS = words(" de novo, com a mesma chave", " again, under the same key");

export const METHOD_WORDS = {
  qr: words("QR", "QR"),
  link: words("link de pagamento", "payment link"),
  counter: words("no balcão", "at the counter"),
  terminal: words("maquininha", "card terminal"),
} as const satisfies Readonly<Record<string, Words>>;

function words(pt: string, en: string): Words {
  return { pt, en };
}
