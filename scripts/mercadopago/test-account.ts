import { randomUUID } from "node:crypto";
import type { Account } from "./account.ts";

/** An account of the sandbox's shape: application, random part, seller. */
export function anAccount(difference: Partial<Account> = {}): Account {
  const accessToken = `APP_USR-1000000000000001-010126-${randomUUID().replaceAll("-", "")}-2000000001`;
  const webhookSecret = `webhook-${randomUUID()}`;
  return {
    baseUrl: "http://127.0.0.1:9",
    accessToken,
    webhookSecret,
    externalPosId: "COMANDA01",
    publicUrl: null,
    isSandbox: true,
    secrets: [accessToken, webhookSecret],
    ...difference,
  };
}
