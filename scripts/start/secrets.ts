import { generateKeyPairSync, randomBytes, randomInt, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./settings.ts";

/** What the processes need to trust each other, made once and kept in the data directory, readable by its owner only. */
export type Secrets = {
  /** Folder of private signing keys. */
  readonly keysDir: string;
  /** Path of the file that holds a secret; handed to services as `<NAME>_FILE`. */
  readonly fileOf: (name: SecretName) => string;
  /** By database, of the role that has it in the PostgreSQL that start brings. */
  readonly databasePasswords: Readonly<Record<"auth" | "order" | "payment", string>>;
  readonly admin: FirstAdmin;
};

/** The first administrator. Absent password: the environment gives it, and it is not ours to keep or show. */
export type FirstAdmin = {
  readonly email: string;
  readonly password?: string;
  /** Nobody has seen the password yet; stays so until `noteShown`, even if a first start fails. */
  readonly isNew: boolean;
  readonly noteShown: () => void;
};

const makers = {
  ORDER_CLIENT_SECRET: () => randomBytes(32).toString("base64url"),
  PAYMENT_CLIENT_SECRET: () => randomBytes(32).toString("base64url"),
  PERSONAL_DATA_KEY: () => randomBytes(32).toString("base64"),
  AUTH_DATABASE_PASSWORD: () => randomBytes(32).toString("base64url"),
  ORDER_DATABASE_PASSWORD: () => randomBytes(32).toString("base64url"),
  PAYMENT_DATABASE_PASSWORD: () => randomBytes(32).toString("base64url"),
  // Mercado Pago's shape: application, date, random part, seller.
  SANDBOX_ACCESS_TOKEN: () => `APP_USR-1000000000000001-010126-${randomBytes(16).toString("hex")}-2000000001`,
  SANDBOX_WEBHOOK_SECRET: () => randomBytes(32).toString("hex"),
} as const;

/** A secret that start makes. */
export type SecretName = keyof typeof makers;

/** Reads the secrets, making those that are missing. */
export function ensureSecrets(settings: Settings): Secrets {
  const directory = join(settings.dataDir, "secrets");
  const keysDir = join(directory, "signing-keys");
  const fileOf = (name: SecretName) => join(directory, name.toLowerCase().replaceAll("_", "-"));
  for (const [name, make] of Object.entries(makers)) {
    // Object.entries forgets the key type.
    const file = fileOf(name as SecretName);
    if (!existsSync(file)) writePrivate(file, make());
  }
  ensureSigningKey(keysDir);
  const read = (name: SecretName) => readFileSync(fileOf(name), "utf8").trimEnd();
  const databasePasswords = {
    auth: read("AUTH_DATABASE_PASSWORD"),
    order: read("ORDER_DATABASE_PASSWORD"),
    payment: read("PAYMENT_DATABASE_PASSWORD"),
  };
  return { keysDir, fileOf, databasePasswords, admin: ensureFirstAdmin(settings) };
}

function ensureSigningKey(keysDir: string): void {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  if (readdirSync(keysDir).some((name) => name.endsWith(".jwk.json"))) return;
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  // The newest by name signs, so names begin with the date.
  const file = join(keysDir, `${new Date().toISOString().replaceAll(/[:.]/g, "-")}.jwk.json`);
  writePrivate(file, JSON.stringify({ ...jwk, kid: randomUUID(), alg: "EdDSA", use: "sig" }));
}

function ensureFirstAdmin({ dataDir, adminEmail, isGiven }: Settings): FirstAdmin {
  if (isGiven("ADMIN_PASSWORD")) return { email: adminEmail, isNew: false, noteShown: () => {} };
  const file = join(dataDir, "admin.txt");
  const kept = existsSync(file) ? /^Senha: (.+)$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  const password = kept ?? easyToTypePassword();
  if (kept === undefined) {
    writePrivate(file, `Primeiro administrador da Comanda\nE-mail: ${adminEmail}\nSenha: ${password}\n`);
  }
  const shown = join(dataDir, "secrets", "admin-password-was-shown");
  return { email: adminEmail, password, isNew: !existsSync(shown), noteShown: () => writePrivate(shown, "") };
}

/** 20 letters and digits in groups, without those that look alike: 98 bits. */
function easyToTypePassword(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const letters = Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return letters.replace(/(.{5})(?=.)/g, "$1-");
}

function writePrivate(file: string, text: string): void {
  // Written aside and renamed: a start that is killed here leaves no half secret.
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
