import { readFile } from "node:fs/promises";
import type { Account } from "../account.ts";
import { type Finding, good, odd, wrong } from "../finding.ts";
import { type Provider, pick, pickList, type Reply } from "../provider.ts";

/** The version that the gateway was written against and tested with (sdk-traps.test.ts). */
const SDK_VERSION = "3.6.1";
/** Signatures are dated: services refuse what comes from further ahead than five minutes. */
const SKEW_WRONG_S = 240;
const SKEW_ODD_S = 30;

/** Whether the token opens an account in Brazil, and whether clock and SDK are as they should be. */
export async function checkAccount(
  account: Account,
  provider: Provider,
  now: () => Date,
): Promise<{ readonly isKnown: boolean; readonly findings: readonly Finding[] }> {
  const me = await provider.get("/users/me");
  const isKnown = me.status === 200;
  const methods = isKnown ? [methodsFinding(await provider.get("/v1/payment_methods"))] : [];
  return {
    isKnown,
    findings: [
      ...tokenFindings(account, me),
      ...(isKnown ? [siteFinding(me), clockFinding(me, now())] : []),
      ...methods,
      await sdkFinding(),
    ],
  };
}

function tokenFindings({ accessToken, isSandbox }: Account, me: Reply): readonly Finding[] {
  const what = "Credencial (access token)";
  if (me.status === 0) return [wrong(what, `o Mercado Pago não respondeu: ${me.fault ?? ""}`)];
  if (me.status !== 200) return [wrong(what, `recusada: ${me.fault ?? me.status}`)];
  const owner = /-(\d+)$/.exec(accessToken)?.[1];
  const userId = String(pick(me.body, "id"));
  if (owner !== undefined && owner !== userId) {
    return [wrong(what, `o token diz ser da conta ${owner} e abre a conta ${userId}`)];
  }
  if (accessToken.startsWith("TEST-")) return [odd(what, "é do modelo antigo (TEST-); use credenciais APP_USR-")];
  const tags = pickList(me.body, "tags");
  if (!isSandbox && tags.includes("test_user")) return [odd(what, `conta ${userId}, que é de TESTE: nada é cobrado`)];
  return [good(what, `abre a conta ${userId}`)];
}

function siteFinding(me: Reply): Finding {
  const site = String(pick(me.body, "site_id"));
  return site === "MLB" ? good("País da conta", "Brasil (MLB)") : wrong("País da conta", `${site}: só o Brasil serve`);
}

function clockFinding({ date }: Reply, now: Date): Finding {
  const what = "Relógio desta máquina";
  if (date === null) return odd(what, "o Mercado Pago não disse que horas são");
  const skewS = Math.round((now.getTime() - date.getTime()) / 1000);
  const words = `${Math.abs(skewS)} s ${skewS < 0 ? "atrasado" : "adiantado"} em relação ao Mercado Pago`;
  if (Math.abs(skewS) >= SKEW_WRONG_S) return wrong(what, `${words}: notificações seriam recusadas`);
  return Math.abs(skewS) >= SKEW_ODD_S ? odd(what, words) : good(what, words);
}

function methodsFinding({ status, body, fault }: Reply): Finding {
  const what = "Meios de pagamento";
  if (status !== 200) return wrong(what, fault ?? String(status));
  const active = pickList(body)
    .filter((method) => pick(method, "status") === "active")
    .map((method) => String(pick(method, "id")));
  if (!active.includes("pix")) return wrong(what, "o Pix não está ativo: cadastre uma chave Pix na conta");
  return good(what, `Pix e mais ${active.length - 1} ativos`);
}

async function sdkFinding(): Promise<Finding> {
  const what = "SDK oficial";
  const manifest: unknown = JSON.parse(await readFile("node_modules/mercadopago/package.json", "utf8"));
  const version = String(pick(manifest, "version"));
  if (version === SDK_VERSION) return good(what, `${version}, a versão testada`);
  return wrong(what, `${version}; a testada é a ${SDK_VERSION}`);
}
