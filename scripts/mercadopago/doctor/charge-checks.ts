import { randomUUID } from "node:crypto";
import { readBrCode } from "@comanda/br-code";
import type { Account } from "../account.ts";
import { type Finding, good, odd, wrong } from "../finding.ts";
import { type Provider, pick, type Reply } from "../provider.ts";

/** One real: nobody sees its QR, and it is closed within seconds. */
const AMOUNT = "1.00";
const AMOUNT_CENTS = 100;

/** Makes a charge nobody can see, repeats it, and closes it: what the services do all day. */
export async function checkCharges({ externalPosId }: Account, provider: Provider): Promise<readonly Finding[]> {
  const reference = `doctor-${randomUUID()}`;
  const body = qrOrder({ externalPosId, reference, expires: "PT60S" });
  const key = randomUUID();
  const made = await provider.send("POST", "/v1/orders", { body, key });
  const id = pick(made.body, "id");
  if (made.status !== 201 || typeof id !== "string") {
    return [wrong("Criar uma cobrança (QR)", `recusada: ${made.fault ?? made.status}`)];
  }
  const findings = [
    good("Criar uma cobrança (QR)", `feita, de R$ 1,00, que ninguém vê (${id})`),
    codeFinding(made),
    otherBanksFinding(made),
    await replayFinding({ provider, body, key, id }),
    await otherBodyFinding({ provider, body, key }),
  ];
  return [
    ...findings,
    ...(await cancelFindings(provider, id)),
    await longestFinding({ provider, externalPosId }),
    await checkoutOrderFinding(provider),
  ];
}

function qrOrder(wish: { externalPosId: string; reference: string; expires: string }) {
  return {
    type: "qr",
    total_amount: AMOUNT,
    description: "Teste da Comanda, não pagar",
    external_reference: wish.reference,
    expiration_time: wish.expires,
    config: { qr: { external_pos_id: wish.externalPosId, mode: "dynamic" } },
    transactions: { payments: [{ amount: AMOUNT }] },
  };
}

function codeFinding(made: Reply): Finding {
  const what = "Código do QR";
  const text = pick(made.body, "type_response", "qr_data");
  const code = typeof text === "string" ? readBrCode(text) : null;
  if (code === null) return wrong(what, "não veio, ou não é um BR Code válido");
  if (code.amountCents !== null && code.amountCents !== AMOUNT_CENTS) return wrong(what, "diz outro valor");
  return good(what, "BR Code válido, com o valor certo");
}

/** Open question 3: without a Pix key of the shop only Mercado Pago's own app can pay its QR. */
function otherBanksFinding(made: Reply): Finding {
  const what = "QR para outros bancos";
  const text = pick(made.body, "type_response", "qr_data");
  const code = typeof text === "string" ? readBrCode(text) : null;
  if (code?.isPix === true) return good(what, "é um Pix: o aplicativo de qualquer banco deve poder pagar");
  return odd(what, "só o aplicativo do Mercado Pago pode pagar: cadastre uma chave Pix na conta");
}

type Repeat = { readonly provider: Provider; readonly body: object; readonly key: string };

/** Open question 6: a repeated create must give the same order, or at least no second one. */
async function replayFinding({ provider, body, key, id }: Repeat & { readonly id: string }): Promise<Finding> {
  const what = "Repetir com a mesma chave";
  const again = await provider.send("POST", "/v1/orders", { body, key });
  const other = pick(again.body, "id");
  if (other === id) return good(what, "devolve a mesma cobrança");
  if (again.status === 409) return odd(what, "responde 409: a cobrança será achada pela notificação");
  if (typeof other === "string") await cancel(provider, other);
  return wrong(what, `fez outra cobrança, ou falhou: ${again.fault ?? again.status}`);
}

async function otherBodyFinding({ provider, body, key }: Repeat): Promise<Finding> {
  const what = "Mesma chave, outro conteúdo";
  const changed = await provider.send("POST", "/v1/orders", { body: { ...body, description: "Outra" }, key });
  if (changed.status === 409) return good(what, "recusado (409)");
  return odd(what, `respondeu ${changed.status}, onde a documentação diz 409`);
}

async function cancelFindings(provider: Provider, id: string): Promise<readonly Finding[]> {
  const what = "Cancelar a cobrança";
  const first = await cancel(provider, id);
  const read = await provider.get(`/v1/orders/${id}`);
  const status = pick(read.body, "status");
  if (status !== "canceled") return [wrong(what, `continua ${String(status)}: ${first.fault ?? first.status}`)];
  const second = await cancel(provider, id);
  const again = "Cancelar de novo";
  return [
    good(what, "cancelada, e lida como cancelada"),
    second.status === 409 ? good(again, "recusado (409)") : odd(again, `respondeu ${second.status}, não 409`),
  ];
}

function cancel(provider: Provider, id: string): Promise<Reply> {
  return provider.send("POST", `/v1/orders/${id}/cancel`, { key: randomUUID() });
}

/** Open question 4: the longest life that we let a QR have (PAYMENT_EXPIRES_IN up to three hours). */
async function longestFinding({ provider, externalPosId }: { provider: Provider; externalPosId: string }) {
  const what = "QR de 3 horas";
  const body = qrOrder({ externalPosId, reference: `doctor-${randomUUID()}`, expires: "PT3H" });
  const made = await provider.send("POST", "/v1/orders", { body, key: randomUUID() });
  const id = pick(made.body, "id");
  if (typeof id !== "string") return odd(what, `recusado (${made.fault ?? made.status}): use PAYMENT_EXPIRES_IN menor`);
  await cancel(provider, id);
  return good(what, "aceito");
}

/** Open question 7: only to know; links are made by Checkout Pro preferences. */
async function checkoutOrderFinding(provider: Provider): Promise<Finding> {
  const what = "Checkout Pro por orders";
  const body = {
    type: "online",
    processing_mode: "manual",
    total_amount: AMOUNT,
    external_reference: `doctor-${randomUUID()}`,
    items: [{ title: "Teste da Comanda", unit_price: AMOUNT, quantity: 1 }],
  };
  const made = await provider.send("POST", "/v1/orders", { body, key: randomUUID() });
  const id = pick(made.body, "id");
  if (typeof id !== "string") return good(what, "não habilitado nesta conta (a Comanda não precisa dele)");
  await cancel(provider, id);
  return good(what, "habilitado nesta conta (a Comanda não precisa dele)");
}
