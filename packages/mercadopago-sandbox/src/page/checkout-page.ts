import type { FastifyReply } from "fastify";
import type { Payment } from "../domain/payment.ts";
import { itemsOf, type Preference } from "../domain/preference.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { ChargeView } from "../use-cases/describe-charge.ts";
import { sendPage } from "./document.ts";
import { html, type Markup, readableMoney } from "./html.ts";

/** The hosted page of a payment link: what is bought, and how the buyer's attempt should end. */
export const sendCheckout = (
  reply: FastifyReply,
  shown: { view: ChargeView; preference: Preference },
): FastifyReply => {
  const { view, preference } = shown;
  if (view.status !== "open") return sendClosed(reply, view.status);
  const button = (outcome: string, look: string, words: string) =>
    html`<button name="outcome" value="${outcome}" class="${look}">${words}</button>`;
  return sendPage(reply, {
    title: "Pagar com Mercado Pago (simulador)",
    formTargets: backOrigins(preference),
    body: frame(html`<section class="card" aria-labelledby="title">
  <h2 id="title">Confira antes de pagar</h2>
  <p class="amount">${readableMoney(view.amount_cents)}</p>
  <dl>
    <div><dt>Para</dt><dd>${view.merchant}</dd></div>
    ${itemRows(itemsOf(preference))}
  </dl>
  <form method="post" action="/checkout/v1/pay" class="stack">
    <input type="hidden" name="pref_id" value="${preference.id}">
    ${button("approved", "approve", `Pagar ${readableMoney(view.amount_cents)}`)}
    ${button("rejected", "refuse", "Recusar pagamento")}
    ${button("pending", "", "Deixar pendente")}
  </form>
</section>`),
  });
};

const endings = {
  approved: { title: "Pagamento aprovado", words: "Você já pode fechar esta página." },
  rejected: { title: "Pagamento recusado", words: "Nada foi cobrado. Você pode tentar de novo pelo mesmo link." },
  pending: { title: "Pagamento pendente", words: "O Pix foi gerado e espera a transferência." },
} as const;

/** What became of an attempt, when the shop gave no address to go back to. */
export const sendCheckoutResult = (
  reply: FastifyReply,
  shown: { payment: Pick<Payment, "amountCents">; outcome: keyof typeof endings },
): FastifyReply => {
  const { title, words } = endings[shown.outcome];
  return sendPage(reply, {
    title,
    body: frame(html`<section class="card centre" aria-labelledby="title">
  <h2 id="title">${title}</h2>
  <p class="amount">${readableMoney(shown.payment.amountCents)}</p>
  <p>${words}</p>
</section>`),
  });
};

const closedWords = {
  paid: { status: 409, words: "Este link já foi pago. Nada mais será cobrado." },
  expired: { status: 410, words: "O prazo deste link acabou. Peça um novo ao vendedor." },
  canceled: { status: 410, words: "Esta cobrança foi cancelada pelo vendedor." },
  rejected: { status: 409, words: "Este pagamento foi recusado." },
  not_yet: { status: 409, words: "Este link ainda não pode ser pago." },
  terminal: { status: 404, words: "Não há maquininha com este nome. Confira o endereço." },
  unknown: { status: 404, words: "Este link não existe. Confira o endereço." },
} as const;

/** Why nothing can be paid here. */
export const sendClosed = (reply: FastifyReply, why: keyof typeof closedWords): FastifyReply => {
  const { status, words } = closedWords[why];
  return sendPage(reply, {
    status,
    title: "Cobrança indisponível",
    body: frame(html`<section class="card centre"><h2>Cobrança indisponível</h2><p>${words}</p></section>`),
  });
};

/** The ticket of a Pix payment: its code, to be read by the wallet page. */
export const sendTicket = (reply: FastifyReply, shown: { view: ChargeView; png: string }): FastifyReply => {
  const { view, png } = shown;
  if (view.status !== "open") return sendClosed(reply, view.status);
  return sendPage(reply, {
    title: "Pix (simulador)",
    body: frame(html`<section class="card centre" aria-labelledby="title">
  <h2 id="title">Pague com Pix</h2>
  <p class="amount">${readableMoney(view.amount_cents)}</p>
  <img class="qr" alt="QR Code do Pix" src="data:image/png;base64,${png}">
  <label for="code">Pix copia e cola</label>
  <textarea id="code" rows="4" readonly>${view.qr_code ?? ""}</textarea>
  <p><a class="button primary" href="/?code=${encodeURIComponent(view.qr_code ?? "")}">Abrir na carteira de teste</a></p>
</section>`),
  });
};

/** What every page of a payment stands in. */
export const frame = (content: Markup): Markup => html`<header class="top"><div class="top-row"><div>
  <h1>Pagamento</h1><p>Simulador: aqui o dinheiro é de mentira.</p>
</div></div></header>
<main>${content}<footer>Comanda · simulador do Mercado Pago</footer></main>`;

/** One row for each thing that is bought. */
export const itemRows = (items: readonly JsonObject[] = []): Markup[] =>
  items.map((item) => {
    const cents = Math.round(Number(item["unit_price"]) * 100) * Number(item["quantity"]);
    return html`<div><dt>${Number(item["quantity"])} × ${String(item["title"])}</dt><dd>${readableMoney(cents)}</dd></div>`;
  });

const backOrigins = (preference: Preference): string[] => {
  const urls = preference.content["back_urls"];
  const texts = isJsonObject(urls) ? Object.values(urls) : [];
  return texts.flatMap((url) => (typeof url === "string" && URL.canParse(url) ? [new URL(url).origin] : []));
};
