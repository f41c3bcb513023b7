import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WishFailure } from "./wishes.ts";

/** Whose Mercado Pago we speak with, and what the services would be told of it. */
export type Account = {
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly webhookSecret: string | null;
  readonly externalPosId: string;
  readonly publicUrl: string | null;
  /** The simulator of `npm start`: no real money, and nobody outside can reach it. */
  readonly isSandbox: boolean;
  /** What must never be printed. */
  readonly secrets: readonly string[];
};

const OFFICIAL = "https://api.mercadopago.com";

/**
 * The account that the environment names, by the same variables as the services; without a token, the sandbox that
 * `npm start` keeps in `DATA_DIR`.
 * @throws WishFailure when a file cannot be read, or there is neither a token nor a sandbox
 */
export function readAccount(environment: Readonly<Record<string, string | undefined>>): Account {
  const read = (name: string) => environment[name] || readFile(environment[`${name}_FILE`], name);
  const token = read("MERCADOPAGO_ACCESS_TOKEN");
  const isSandbox = token === null;
  const kept = (name: string) =>
    readFile(join(environment["DATA_DIR"] || ".data", "secrets", name), "sandbox", { isNeeded: false });
  const accessToken = token ?? kept("sandbox-access-token");
  if (accessToken === null) {
    throw new WishFailure(
      "Falta MERCADOPAGO_ACCESS_TOKEN; e não há sandbox: inicie a Comanda uma vez com npm start para usá-lo.",
    );
  }
  const webhookSecret = isSandbox ? kept("sandbox-webhook-secret") : read("MERCADOPAGO_WEBHOOK_SECRET");
  const sandboxUrl = `http://127.0.0.1:${environment["SANDBOX_PORT"] || "8003"}`;
  return {
    baseUrl: environment["MERCADOPAGO_BASE_URL"] || (isSandbox ? sandboxUrl : OFFICIAL),
    accessToken,
    webhookSecret,
    externalPosId: environment["MERCADOPAGO_EXTERNAL_POS_ID"] || "COMANDA01",
    publicUrl: environment["PUBLIC_URL"]?.replace(/\/+$/, "") || null,
    isSandbox,
    secrets: [accessToken, webhookSecret].filter((secret) => secret !== null),
  };
}

function readFile(path: string | undefined, name: string, { isNeeded } = { isNeeded: true }): string | null {
  if (!path) return null;
  try {
    return readFileSync(path, "utf8").trimEnd() || null;
  } catch (error) {
    if (!isNeeded) return null;
    throw new WishFailure(`${name}_FILE aponta para um arquivo que não se pode ler.`, { cause: error });
  }
}
