import { join } from "node:path";
import { withoutOthersSecrets } from "./own-secrets.ts";
import type { Secrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import type { ProcessPlan } from "./supervisor.ts";

type Known = { readonly settings: Settings; readonly secrets: Secrets };
type Variables = Readonly<Record<string, string>>;
type WithDatabase = { readonly databaseUrl: string };

/** The till that exists in the sandbox from the start, and that dynamic QR codes are made for. */
const sandboxTill = "COMANDA01";

/** What each process is told: where the others are, and the secrets that it shares with them. */
export function planProcesses(known: Known) {
  return {
    sandbox: () => sandbox(known),
    auth: ({ databaseUrl }: WithDatabase) => auth(known, databaseUrl),
    order: ({ databaseUrl }: WithDatabase) => order(known, databaseUrl),
    payment: ({ databaseUrl }: WithDatabase) => payment(known, databaseUrl),
    gateway: () => gateway(known),
  };
}

function sandbox({ settings, secrets }: Known): ProcessPlan {
  const { ports, dataDir, urls } = settings;
  return {
    name: "sandbox",
    title: "Mercado Pago simulado",
    script: "packages/mercadopago-sandbox/src/main.ts",
    readyUrl: `${urls.sandbox}/ready`,
    environment: environmentOf(settings, "sandbox", {
      SANDBOX_PORT: String(ports.SANDBOX_PORT),
      SANDBOX_DATA_DIR: join(dataDir, "sandbox"),
      SANDBOX_PUBLIC_URL: `http://localhost:${ports.SANDBOX_PORT}`,
      SANDBOX_ACCESS_TOKEN_FILE: secrets.fileOf("SANDBOX_ACCESS_TOKEN"),
      SANDBOX_WEBHOOK_SECRET_FILE: secrets.fileOf("SANDBOX_WEBHOOK_SECRET"),
      SANDBOX_WEBHOOK_URL: `${urls.payment}/payments/webhook`,
      SANDBOX_EXTERNAL_POS_ID: sandboxTill,
    }),
  };
}

function auth({ settings, secrets }: Known, databaseUrl: string): ProcessPlan {
  const { admin } = secrets;
  return {
    name: "auth",
    title: "Autenticação",
    script: "services/auth/src/main.ts",
    readyUrl: `${settings.urls.auth}/ready`,
    environment: environmentOf(settings, "auth", {
      AUTH_PORT: String(settings.ports.AUTH_PORT),
      AUTH_DATABASE_URL: databaseUrl,
      AUTH_KEYS_DIR: secrets.keysDir,
      PERSONAL_DATA_KEY_FILE: secrets.fileOf("PERSONAL_DATA_KEY"),
      ORDER_CLIENT_SECRET_FILE: secrets.fileOf("ORDER_CLIENT_SECRET"),
      PAYMENT_CLIENT_SECRET_FILE: secrets.fileOf("PAYMENT_CLIENT_SECRET"),
      // Where real money is taken, a password alone does not open the till.
      ...(settings.usesSandbox ? {} : { STAFF_MFA: "required" }),
      MAIL_FOLDER: join(settings.dataDir, "mail"),
      ADMIN_EMAIL: admin.email,
      ...(admin.password === undefined ? {} : { ADMIN_PASSWORD: admin.password }),
    }),
  };
}

function order({ settings, secrets }: Known, databaseUrl: string): ProcessPlan {
  return {
    name: "order",
    title: "Pedidos",
    script: "services/order/src/main.ts",
    readyUrl: `${settings.urls.order}/ready`,
    environment: environmentOf(settings, "order", {
      ORDER_PORT: String(settings.ports.ORDER_PORT),
      ORDER_DATABASE_URL: databaseUrl,
      ORDER_CLIENT_SECRET_FILE: secrets.fileOf("ORDER_CLIENT_SECRET"),
      SEED_MENU: "true",
      // Where strangers may come in, nobody holds up the counter with orders that are never paid.
      ...(settings.usesSandbox ? {} : { UNPAID_ORDERS_MAX: "5" }),
    }),
  };
}

function payment({ settings, secrets }: Known, databaseUrl: string): ProcessPlan {
  return {
    name: "payment",
    title: "Pagamentos",
    script: "services/payment/src/main.ts",
    readyUrl: `${settings.urls.payment}/ready`,
    environment: environmentOf(settings, "payment", {
      PAYMENT_PORT: String(settings.ports.PAYMENT_PORT),
      ...(settings.isGiven("MONGODB_URI") ? {} : { PAYMENT_DATABASE_URL: databaseUrl }),
      PAYMENT_CLIENT_SECRET_FILE: secrets.fileOf("PAYMENT_CLIENT_SECRET"),
      ...(settings.usesSandbox && {
        MERCADOPAGO_BASE_URL: settings.urls.sandbox,
        MERCADOPAGO_ACCESS_TOKEN_FILE: secrets.fileOf("SANDBOX_ACCESS_TOKEN"),
        MERCADOPAGO_WEBHOOK_SECRET_FILE: secrets.fileOf("SANDBOX_WEBHOOK_SECRET"),
        MERCADOPAGO_EXTERNAL_POS_ID: sandboxTill,
        // The sandbox is on this machine and has no limit to respect.
        RECONCILE_REQUESTS_PER_SECOND: "100",
      }),
    }),
  };
}

function gateway({ settings }: Known): ProcessPlan {
  return {
    name: "gateway",
    title: "Porta de entrada",
    script: "services/gateway/src/main.ts",
    readyUrl: `${settings.urls.gateway}/ready`,
    environment: environmentOf(settings, "gateway", {
      WEB_PORT: String(settings.ports.WEB_PORT),
      ...(settings.usesSandbox && { SANDBOX_URL: settings.urls.sandbox }),
    }),
  };
}

/**
 * What everybody is told, what this process is told; a person's own word, direct or as a file, goes before both, but for
 * the secrets of others.
 */
function environmentOf(settings: Settings, name: ProcessPlan["name"], own: Variables): Variables {
  const { environment, host, urls, dataDir, isGiven } = settings;
  const everybody = {
    // Node keeps its compiled modules here, which halves the time that a process takes to start.
    NODE_COMPILE_CACHE: join(dataDir, "cache"),
    HOST: host,
    AUTH_URL: urls.auth,
    ORDER_URL: urls.order,
    PAYMENT_URL: urls.payment,
    AUTH_ISSUER: urls.public,
  };
  const ours = Object.entries({ ...everybody, ...own }).filter(([name]) => !isGiven(name.replace(/_FILE$/, "")));
  return { ...withoutOthersSecrets(environment, name), ...Object.fromEntries(ours) };
}
