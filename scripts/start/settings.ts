import { resolve } from "node:path";
import { StartFailure } from "./start-failure.ts";
import { refuseUnusableValues } from "./usable-values.ts";

const portDefaults = {
  WEB_PORT: 8080,
  AUTH_PORT: 8000,
  ORDER_PORT: 8001,
  PAYMENT_PORT: 8002,
  SANDBOX_PORT: 8003,
} as const;

/** The variable that sets a port. */
export type PortName = keyof typeof portDefaults;

/** What the environment says about this start; everything has a default. */
export type Settings = {
  readonly host: string;
  readonly ports: Readonly<Record<PortName, number>>;
  /** Where the processes find each other; `public` is what people use. */
  readonly urls: Readonly<Record<"auth" | "order" | "payment" | "sandbox" | "gateway" | "public", string>>;
  readonly dataDir: string;
  /** As the person wrote it, for showing it back. */
  readonly dataDirShown: string;
  readonly adminEmail: string;
  /** Whether a variable is set, directly or as `<name>_FILE`. */
  readonly isGiven: (name: string) => boolean;
  /** False when every service brings its own database. */
  readonly needsPostgres: boolean;
  /** False when real Mercado Pago credentials are given. */
  readonly usesSandbox: boolean;
  /** All variables that hold something; an empty one counts as absent. */
  readonly environment: Readonly<Record<string, string>>;
};

/** @throws StartFailure when a variable cannot be used; it names the variable */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) if (value) environment[name] = value;
  refuseUnusableValues(environment);
  const isGiven = (name: string) => name in environment || `${name}_FILE` in environment;
  const host = environment["HOST"] ?? "127.0.0.1";
  const ports = readPorts(environment);
  const hasDatabase = [
    isGiven("AUTH_DATABASE_URL"),
    isGiven("ORDER_DATABASE_URL"),
    isGiven("PAYMENT_DATABASE_URL") || isGiven("MONGODB_URI"),
  ];
  const dataDirShown = environment["DATA_DIR"] ?? ".data";
  return {
    host,
    ports,
    urls: urlsOf({ host, ports, publicUrl: environment["PUBLIC_URL"] }),
    dataDir: resolve(dataDirShown),
    dataDirShown,
    adminEmail: environment["ADMIN_EMAIL"] ?? "admin@comanda.local",
    isGiven,
    needsPostgres: !hasDatabase.every(Boolean),
    usesSandbox: !isGiven("MERCADOPAGO_ACCESS_TOKEN"),
    environment,
  };
}

function urlsOf(options: { host: string; ports: Settings["ports"]; publicUrl: string | undefined }): Settings["urls"] {
  const { host, ports, publicUrl } = options;
  // Listening everywhere is no address to call.
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const at = (port: number) => `http://${name}:${port}`;
  return {
    auth: at(ports.AUTH_PORT),
    order: at(ports.ORDER_PORT),
    payment: at(ports.PAYMENT_PORT),
    sandbox: at(ports.SANDBOX_PORT),
    gateway: at(ports.WEB_PORT),
    public: publicUrl?.replace(/\/+$/, "") ?? `http://localhost:${ports.WEB_PORT}`,
  };
}

function readPorts(environment: Readonly<Record<string, string>>): Settings["ports"] {
  const portOf = (name: PortName) => readPort({ name, text: environment[name] });
  const ports = {
    WEB_PORT: portOf("WEB_PORT"),
    AUTH_PORT: portOf("AUTH_PORT"),
    ORDER_PORT: portOf("ORDER_PORT"),
    PAYMENT_PORT: portOf("PAYMENT_PORT"),
    SANDBOX_PORT: portOf("SANDBOX_PORT"),
  };
  refuseTwins(ports);
  return ports;
}

function readPort({ name, text }: { name: PortName; text: string | undefined }): number {
  if (text === undefined) return portDefaults[name];
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new StartFailure({
    pt: `${name}=${text} não serve: a porta é um número de 1 a 65535.`,
    en: `${name}=${text} cannot be used: a port is a number from 1 to 65535.`,
  });
}

function refuseTwins(ports: Readonly<Record<string, number>>): void {
  const owner = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    const other = owner.get(port);
    if (other !== undefined) {
      throw new StartFailure({
        pt: `${other} e ${name} pedem a mesma porta, ${port}; escolha outra para uma delas.`,
        en: `${other} and ${name} ask for the same port, ${port}; choose another for one of them.`,
      });
    }
    owner.set(port, name);
  }
}
