import type { Account } from "../account.ts";
import { type Finding, good, odd, wrong } from "../finding.ts";
import { pick } from "../provider.ts";

const TIMEOUT_MS = 10_000;

/** Whether notifications can reach us, and whether we could tell a true one from a forged one. */
export async function checkWebhook(account: Account): Promise<readonly Finding[]> {
  return [secretFinding(account), ...(await addressFindings(account))];
}

function secretFinding({ webhookSecret, accessToken }: Account): Finding {
  const what = "Assinatura do webhook";
  if (webhookSecret === null) return wrong(what, "MERCADOPAGO_WEBHOOK_SECRET não está definida");
  if (webhookSecret === accessToken)
    return wrong(what, "é igual ao access token: copie a assinatura secreta do painel");
  if (webhookSecret.length < 8) return wrong(what, "é curta demais para ser a do painel");
  return good(what, "definida (só uma notificação verdadeira prova que é a certa)");
}

async function addressFindings({ publicUrl, isSandbox }: Account): Promise<readonly Finding[]> {
  const what = "Endereço público (PUBLIC_URL)";
  if (publicUrl === null) {
    const words = "não está definida: sem ela não chegam notificações e links não têm volta";
    return [isSandbox ? good(what, "não é preciso com o sandbox local") : wrong(what, words)];
  }
  const url = URL.parse(publicUrl);
  if (url === null) return [wrong(what, "não é um endereço")];
  if (url.protocol !== "https:") return [wrong(what, "não é https: o Mercado Pago não aceita")];
  if (isPrivate(url.hostname)) return [wrong(what, "é um endereço desta rede: o Mercado Pago não o alcança")];
  return [good(what, publicUrl), await reachFinding(publicUrl)];
}

function isPrivate(host: string): boolean {
  return /^(localhost|.*\.local|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|\[(::1|f[cd].*|fe80.*)\])$/.test(
    host,
  );
}

/** An unsigned notification must be refused by our own word: then it is us who answer there. */
export async function reachFinding(publicUrl: string): Promise<Finding> {
  const what = "Webhook visto de fora";
  try {
    const response = await fetch(`${publicUrl}/payments/webhook?data.id=1&type=order`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-signature": "ts=1,v1=0" },
      body: "{}",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.status === 401 && pick(body, "code") === "signature-invalid") {
      return good(what, "responde, e recusa o que não é assinado");
    }
    if (response.ok) return wrong(what, `aceitou uma notificação sem assinatura (${response.status})`);
    return wrong(what, `respondeu ${response.status}, e não como a Comanda responde`);
  } catch {
    return odd(what, "não responde daqui; pode responder de fora da rede da loja: confira pelo celular");
  }
}
