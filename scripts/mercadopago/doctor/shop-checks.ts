import { randomUUID } from "node:crypto";
import type { Account } from "../account.ts";
import { type Finding, good, odd, wrong } from "../finding.ts";
import { type Provider, pick, pickList } from "../provider.ts";

const DAY_MS = 86_400_000;

/** Whether the shop stands at the provider as the services use it, and can be asked for what happened. */
export async function checkShop({ externalPosId }: Account, provider: Provider): Promise<readonly Finding[]> {
  return [
    await posFinding(externalPosId, provider),
    await terminalFinding(provider),
    await paymentSearchFinding(provider),
    await orderSearchFinding(provider),
  ];
}

async function posFinding(externalPosId: string, provider: Provider): Promise<Finding> {
  const what = "Caixa do QR";
  const { status, body, fault } = await provider.get(`/pos?external_id=${encodeURIComponent(externalPosId)}`);
  if (status !== 200) return wrong(what, `os caixas não puderam ser lidos: ${fault ?? status}`);
  const found = pickList(body, "results").some((pos) => pick(pos, "external_id") === externalPosId);
  if (found) return good(what, `${externalPosId} existe`);
  return wrong(what, `${externalPosId} não existe: crie-o com npm run mercadopago -- setup`);
}

async function terminalFinding(provider: Provider): Promise<Finding> {
  const what = "Maquininhas";
  const { status, body, fault } = await provider.get("/terminals/v1/list?limit=50");
  if (status !== 200) return odd(what, `não puderam ser lidas: ${fault ?? status}`);
  const lists = [pickList(body, "data", "terminals"), pickList(body, "terminals"), pickList(body, "data")];
  const all = lists.find((list) => list.length > 0) ?? [];
  const ready = all.filter((terminal) => pick(terminal, "operating_mode") === "PDV");
  if (all.length === 0) return good(what, "nenhuma (cartão só no balcão)");
  if (ready.length === 0) return odd(what, `${all.length}, nenhuma em modo PDV: rode o setup`);
  return good(what, `${ready.length} de ${all.length} em modo PDV`);
}

/** Links are found again by their reference; nothing else brings back a payment whose notice was lost. */
async function paymentSearchFinding(provider: Provider): Promise<Finding> {
  const what = "Busca de pagamentos";
  const path = `/v1/payments/search?external_reference=${randomUUID()}&limit=1`;
  const { status, body, fault } = await provider.get(path);
  if (status !== 200) return wrong(what, fault ?? String(status));
  if (!Array.isArray(pick(body, "results"))) return wrong(what, "a resposta não tem a forma documentada");
  return pickList(body, "results").length === 0
    ? good(what, "responde, e não acha o que não existe")
    : wrong(what, "achou um pagamento de uma referência que não existe");
}

/** Not relied on: real answers to it are disputed (provider §1.6). */
async function orderSearchFinding(provider: Provider): Promise<Finding> {
  const what = "Busca de orders";
  const [begin, end] = [new Date(Date.now() - DAY_MS), new Date()].map((date) =>
    encodeURIComponent(date.toISOString()),
  );
  const { status, fault } = await provider.get(`/v1/orders?begin_date=${begin}&end_date=${end}&page_size=1`);
  if (status === 200) return good(what, "responde (a Comanda não depende dela)");
  return odd(what, `não responde (${fault ?? status}); a Comanda não depende dela`);
}
