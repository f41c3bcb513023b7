import type { Words } from "@comanda/service-kit";
import type { AlarmCode } from "../use-cases/list-alarms.ts";

/** How urgent it is: `now` keeps a guest or money waiting; `soon` is for today. */
type AlarmWords = { readonly urgency: "now" | "soon"; readonly summary: Words; readonly action: Words };

/**
 * How the people of a shop read each alarm, and what they can do. Managers read it, too: what only an administrator may do
 * says so. `{amount}`, `{count}` and `{about}` are filled in. The names are part of the API: they may be added to, never
 * changed.
 */
export const ALARM_WORDS: Readonly<Record<AlarmCode, AlarmWords>> = {
  "paid-not-in-kitchen": now(
    words("Pago ({amount}), e a cozinha ainda não sabe.", "Paid ({amount}), and the kitchen does not know."),
    words(
      "Entregue o pedido à cozinha por voz e veja se o serviço de pedidos está no ar.",
      "Hand the order to the kitchen by voice, and see whether the order service is up.",
    ),
  ),
  "terminal-unclear": now(
    words(
      "A maquininha não disse se o cartão foi cobrado ({amount}).",
      "The card terminal did not say whether the card was charged ({amount}).",
    ),
    words(
      "Confira na maquininha antes de entregar ou de cobrar de novo.",
      "Look at the terminal before you hand over or charge again.",
    ),
  ),
  "refund-not-made-good": now(
    words(
      "A devolução de {amount} falhou e ninguém a refez.",
      "Giving {amount} back failed, and nobody has tried again.",
    ),
    words(
      "Resolva o motivo (quase sempre falta de saldo no Mercado Pago); depois, um administrador tenta a devolução de novo.",
      "Remove the reason (nearly always the balance at Mercado Pago); an administrator then tries the refund again.",
    ),
  ),
  "money-not-ours": now(
    words(
      "Um pagamento de {amount} não confere com esta cobrança e não foi aceito.",
      "A payment of {amount} does not fit this charge and was not believed.",
    ),
    words(
      "Procure-o no painel do Mercado Pago: se não for da loja, devolva por lá.",
      "Find it in Mercado Pago's panel: if it is not the shop's, give it back there.",
    ),
  ),
  "fraud-alert": now(
    words("O Mercado Pago suspeita de fraude ({about}).", "Mercado Pago suspects fraud ({about})."),
    words(
      "Não entregue antes de ver no painel do Mercado Pago.",
      "Hand nothing over before you have looked at Mercado Pago's panel.",
    ),
  ),
  "provider-credentials": now(
    words("O Mercado Pago não aceita nenhuma credencial nossa.", "Mercado Pago takes no access token of ours."),
    words(
      "Receba no balcão e ponha uma credencial válida em MERCADOPAGO_ACCESS_TOKEN; nada foi perdido.",
      "Take payments at the counter and put a good token into MERCADOPAGO_ACCESS_TOKEN; nothing is lost.",
    ),
  ),
  "provider-certificate": now(
    words(
      "Ninguém garante que quem responde é o Mercado Pago (certificado).",
      "Nobody vouches that it is Mercado Pago who answers (certificate).",
    ),
    words(
      "Nada foi enviado. Veja o relógio desta máquina e se há um proxy no caminho.",
      "Nothing was sent. See whether this machine's clock is right, and whether a proxy is in between.",
    ),
  ),
  "provider-away": now(
    words("O Mercado Pago não está respondendo.", "Mercado Pago does not answer."),
    words(
      "Receba no balcão; o que está guardado segue sozinho quando ele voltar.",
      "Take payments at the counter; what is stored goes on by itself when it is back.",
    ),
  ),
  "events-unsent": now(
    words(
      "Avisos ao serviço de pedidos não saem há mais de 30 segundos.",
      "Nothing has reached the order service for more than 30 seconds.",
    ),
    words("Veja se o serviço de pedidos está no ar.", "See whether the order service is up."),
  ),
  "events-parked": soon(
    words("Um aviso ao serviço de pedidos foi abandonado: {about}.", "An event was given up: {about}."),
    words(
      "Corrija o motivo; depois, um administrador manda o aviso de novo.",
      "Remove the reason; an administrator then sends the event again.",
    ),
  ),
  "refund-stuck": soon(
    words(
      "A devolução de {amount} não anda há mais de 10 minutos.",
      "Giving {amount} back has been under way for more than 10 minutes.",
    ),
    words(
      "Veja no painel do Mercado Pago; o sistema continua tentando sozinho.",
      "Look at Mercado Pago's panel; it is tried again by itself.",
    ),
  ),
  "never-ended": soon(
    words(
      "Uma cobrança de {amount} já devia ter acabado, e o Mercado Pago não diz se foi paga.",
      "A charge of {amount} should have ended, and Mercado Pago does not say whether it was paid.",
    ),
    words("Procure-a no painel do Mercado Pago.", "Find it in Mercado Pago's panel."),
  ),
  "outcome-unknown": soon(
    words(
      "Não sabemos se o Mercado Pago criou a cobrança de {amount}.",
      "Whether Mercado Pago made the charge of {amount} is not known.",
    ),
    words(
      "O sistema está procurando. Se o cliente espera, ofereça pagar no balcão.",
      "It is being looked for. If the guest waits, offer to take the money at the counter.",
    ),
  ),
  disputed: soon(
    words("O cliente contestou um pagamento de {amount}.", "A payment of {amount} is disputed."),
    words(
      "Guarde o comprovante e responda no painel do Mercado Pago, dentro do prazo.",
      "Keep the receipt and answer in Mercado Pago's panel, in time.",
    ),
  ),
  "charged-back": soon(
    words("O banco devolveu {amount} ao cliente.", "The bank gave {amount} back to the guest."),
    words(
      "Não entregue o que ainda não saiu; com o comprovante, conteste no painel do Mercado Pago.",
      "Hand nothing more over; with the receipt, object in Mercado Pago's panel.",
    ),
  ),
  "money-unreconciled": soon(
    words(
      "A conciliação de {about} tem {count} em aberto ({amount}).",
      "The comparison of {about} has {count} open ({amount}).",
    ),
    words(
      "Um administrador abre a conciliação: cada diferença diz o que fazer.",
      "An administrator opens it: each difference has its class, and each class says what to do.",
    ),
  ),
  "reconciliation-failed": soon(
    words("A conciliação de {about} não pôde ser feita.", "The comparison of {about} could not be made."),
    words(
      "Quando o Mercado Pago responder, um administrador pede a conciliação de novo.",
      "When Mercado Pago answers, an administrator asks for it again.",
    ),
  ),
  "reconciliation-late": soon(
    words("Não há conciliação há mais de 30 horas.", "Nothing was compared for more than 30 hours."),
    words(
      "Veja se o serviço de pagamentos estava no ar às 6 h; um administrador pede a conciliação do dia que falta.",
      "See whether the payment service was up at 06:00; an administrator asks for the missing day.",
    ),
  ),
  "charge-unreadable": soon(
    words("O registro de uma cobrança não pode ser lido.", "The document of a charge cannot be read."),
    words("Nada foi mudado nele. Avise quem mantém o sistema.", "Nothing in it was changed. Tell the maintainers."),
  ),
  "notices-refused": soon(
    words(
      "Avisos com assinatura errada, recusados: {count}.",
      "Notifications with a wrong signature, refused: {count}.",
    ),
    words(
      "Se o segredo foi trocado no painel do Mercado Pago, troque MERCADOPAGO_WEBHOOK_SECRET também; senão é alguém de fora, e nada foi aceito.",
      "If the secret was changed in Mercado Pago's panel, change MERCADOPAGO_WEBHOOK_SECRET, too; else it is somebody else, and nothing was believed.",
    ),
  ),
  "other-seller": soon(
    words(
      "Avisos de outra conta do Mercado Pago, ignorados: {count}.",
      "Notifications for another account of Mercado Pago, ignored: {count}.",
    ),
    words(
      "Confira no painel para onde os avisos vão e de quem é a credencial.",
      "See in the panel where notifications go, and whose the access token is.",
    ),
  ),
};

function now(summary: Words, action: Words): AlarmWords {
  return { urgency: "now", summary, action };
}

function soon(summary: Words, action: Words): AlarmWords {
  return { urgency: "soon", summary, action };
}

function words(pt: string, en: string): Words {
  return { pt, en };
}
