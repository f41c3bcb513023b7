import type { Account } from "./account.ts";
import type { Conversation } from "./conversation.ts";
import { openProvider } from "./provider.ts";
import { type Made, type Plan, planSetup } from "./setup-plan.ts";
import type { Wishes } from "./wishes.ts";

/**
 * Shows what is missing at the provider, asks, does it, and says what only a person can do. Without a yes nothing is
 * changed.
 * @returns the exit code: 0, also when it only showed
 * @throws WishFailure when the provider refuses
 */
export async function setup(account: Account, wishes: Wishes, { say, ask }: Conversation): Promise<number> {
  const plan = await planSetup(account, wishes, openProvider(account));
  say(account.isSandbox ? "Mercado Pago simulado (sandbox local)" : `Mercado Pago em ${account.baseUrl}`);
  say();
  for (const words of plan.there) say(`  ✓ já existe: ${words}`);
  for (const { words } of plan.steps) say(`  → a fazer:   ${words}`);
  for (const note of plan.notes) say(`  · ${note}`);
  if (plan.steps.length === 0) {
    say("\nNada a fazer: está tudo como deve.");
    return finish(account, plan, say);
  }
  const isWanted = wishes.isSure || (await ask("\nFazer isto agora?"));
  if (isWanted !== true) {
    say(isWanted === null ? "\nSó mostrado. Para fazer, repita com --yes." : "\nNada foi mudado.");
    return 0;
  }
  await carryOut(plan, say);
  return finish(account, plan, say);
}

async function carryOut({ steps, start }: Plan, say: Conversation["say"]): Promise<void> {
  say();
  let made: Made = start;
  for (const { words, run } of steps) {
    made = await run(made);
    say(`  ✓ feito: ${words}`);
  }
}

/** The topics that the payment service understands (provider §10.1), as the panel calls them. */
const TOPICS = [
  ["Order (Mercado Pago)", "QR no totem e maquininha"],
  ["Pagamentos", "links de pagamento"],
  ["Chargebacks", "contestações no cartão"],
  ["Reclamações", "reclamações de compradores"],
  ["Alertas de fraude", "não entregue o que foi pago assim"],
] as const;

function finish({ publicUrl, isSandbox }: Account, plan: Plan, say: Conversation["say"]): number {
  const [first = ""] = plan.externalPosIds;
  say("\nNo painel do Mercado Pago, em “Suas integrações › Webhooks” (modo produção), cole:");
  say(`\n  ${publicUrl ?? "https://SEU-ENDERECO"}/payments/webhook\n`);
  if (publicUrl === null) say("  (PUBLIC_URL não está definida: é o endereço https desta loja na internet)\n");
  say("e marque os tópicos:");
  for (const [topic, why] of TOPICS) say(`  · ${topic.padEnd(22)} ${why}`);
  say("\nDepois, defina para os serviços:");
  say(`  MERCADOPAGO_EXTERNAL_POS_ID=${first}`);
  say("  MERCADOPAGO_ACCESS_TOKEN=…       (Credenciais de produção › Access Token)");
  say("  MERCADOPAGO_WEBHOOK_SECRET=…     (a assinatura secreta que o painel mostra ao salvar o webhook)");
  say(`  PUBLIC_URL=${publicUrl ?? "https://…"}`);
  say("\nPara cada totem pareado, diga qual é o caixa e a maquininha dele:");
  for (const id of plan.externalPosIds) {
    say(`  PUT /payments/points_of_sale/{device_id}  {"external_pos_id": "${id}", "terminal_id": null}`);
  }
  if (isSandbox) say("\nNo sandbox local nada disso é preciso: npm start já define tudo.");
  say("\nConfira com: npm run mercadopago -- doctor");
  return 0;
}
