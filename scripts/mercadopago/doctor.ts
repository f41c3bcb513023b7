import type { Account } from "./account.ts";
import type { Conversation } from "./conversation.ts";
import { checkAccount } from "./doctor/account-checks.ts";
import { checkCharges } from "./doctor/charge-checks.ts";
import { onlyLiveFindings } from "./doctor/only-live.ts";
import { checkShop } from "./doctor/shop-checks.ts";
import { checkWebhook } from "./doctor/webhook-checks.ts";
import { type Finding, tableOf } from "./finding.ts";
import { openProvider } from "./provider.ts";
import type { Wishes } from "./wishes.ts";

/** How to look; a test brings its own clock. */
export type DoctorOptions = Pick<Wishes, "isReadOnly"> & { readonly now?: () => Date };

/**
 * Looks whether the account and the settings are as the services take for granted, and says what it found.
 * @returns the exit code: 1 when anything is wrong, else 0
 */
export async function doctor(
  account: Account,
  { isReadOnly, now = () => new Date() }: DoctorOptions,
  say: Conversation["say"],
): Promise<number> {
  const findings = await examine(account, { isReadOnly, now });
  say(account.isSandbox ? "Mercado Pago simulado (sandbox local)" : `Mercado Pago em ${account.baseUrl}`);
  say();
  for (const line of tableOf(findings)) say(line);
  const count = (verdict: Finding["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  say();
  say(`${count("ok")} em ordem, ${count("aviso")} avisos, ${count("falha")} falhas.`);
  return count("falha") === 0 ? 0 : 1;
}

async function examine(
  account: Account,
  { isReadOnly, now }: { readonly isReadOnly: boolean; readonly now: () => Date },
): Promise<readonly Finding[]> {
  const provider = openProvider(account);
  const mine = await checkAccount(account, provider, now);
  // Without an account there is nothing more to ask the provider for.
  const rest = mine.isKnown
    ? [...(await checkShop(account, provider)), ...(isReadOnly ? [] : await checkCharges(account, provider))]
    : [];
  return [...mine.findings, ...(await checkWebhook(account)), ...rest, ...onlyLiveFindings];
}
