import type { FastifyReply } from "fastify";
import type { OnlineOrder } from "../domain/order.ts";
import { isJsonObject } from "../json.ts";
import type { ChargeView } from "../use-cases/describe-charge.ts";
import { frame, itemRows, sendClosed } from "./checkout-page.ts";
import { sendPage } from "./document.ts";
import { html, readableMoney } from "./html.ts";

type Shown = { order: OnlineOrder; view: ChargeView };

const back = { approved: "success_url", rejected: "failure_url", pending: "pending_url" } as const;

/** Where the shop wants the buyer back after paying an order at its hosted page; null when it did not say. */
export const orderBackUrl = (order: OnlineOrder, outcome: keyof typeof back): URL | null => {
  const online = order.config?.["online"];
  const address = isJsonObject(online) ? online[back[outcome]] : undefined;
  return typeof address === "string" && URL.canParse(address) ? new URL(address) : null;
};

/** The hosted page of an order without a payment (Checkout Pro through Orders). */
export const sendOrderCheckout = (reply: FastifyReply, { order, view }: Shown): FastifyReply => {
  if (order.checkout === undefined) return sendClosed(reply, "unknown");
  // Once a Pix was asked for, its ticket is the page to pay at.
  if (order.ticketUrl !== null && view.status === "open") return reply.redirect(order.ticketUrl, 303);
  if (view.status !== "open") return sendClosed(reply, view.status);
  return sendForm(reply, {
    order,
    title: "Confira antes de pagar",
    rows: html`<div><dt>Para</dt><dd>${view.merchant}</dd></div>${itemRows(order.echo.items)}`,
    buttons: [
      ["approved", "approve", `Pagar ${readableMoney(order.amountCents)}`],
      ["rejected", "refuse", "Recusar pagamento"],
      ["pending", "", "Pagar com Pix em outro aplicativo"],
    ],
  });
};

/** The bank's question to the buyer (3-D Secure). */
export const sendChallenge = (reply: FastifyReply, { order, view }: Shown): FastifyReply => {
  if (order.statusDetail !== "pending_challenge")
    return sendClosed(reply, view.status === "open" ? "unknown" : view.status);
  return sendForm(reply, {
    order,
    title: "Seu banco quer confirmar que é você",
    rows: html`<div><dt>Para</dt><dd>${view.merchant}</dd></div>`,
    buttons: [
      ["approved", "approve", "Confirmar compra"],
      ["rejected", "refuse", "Não fui eu"],
    ],
  });
};

const sendForm = (
  reply: FastifyReply,
  shown: { order: OnlineOrder; title: string; rows: ReturnType<typeof html>; buttons: [string, string, string][] },
): FastifyReply => {
  const { order, title, rows, buttons } = shown;
  const outcomes = ["approved", "rejected", "pending"] as const;
  return sendPage(reply, {
    title: "Pagar com Mercado Pago (simulador)",
    formTargets: outcomes.flatMap((outcome) => orderBackUrl(order, outcome)?.origin ?? []),
    body: frame(html`<section class="card" aria-labelledby="title">
  <h2 id="title">${title}</h2>
  <p class="amount">${readableMoney(order.amountCents)}</p>
  <dl>${rows}</dl>
  <form method="post" action="/checkout/v1/pay" class="stack">
    <input type="hidden" name="order_id" value="${order.id}">
    ${buttons.map(([outcome, look, words]) => html`<button name="outcome" value="${outcome}" class="${look}">${words}</button>`)}
  </form>
</section>`),
  });
};
