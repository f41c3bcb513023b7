import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@comanda/postgres";
import { type Clock, systemClock } from "@comanda/primitives";
import { type CryptoKey, createLocalJWKSet, importJWK, type JWTVerifyGetKey } from "jose";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { PublishedKeys } from "./published-keys.ts";

/** The keys that tokens are signed with, as the key folder holds them now. */
export type SigningKeys = {
  /** The newest key that has been published long enough to be known to those who check; where none has, the one that has been for longest. */
  readonly current: () => SigningKey;
  /** The public halves of all keys, old ones included: their tokens are still alive, and end with their key. */
  readonly publicKeys: () => readonly PublicKey[];
  /** For checking our own tokens without a request to ourselves. */
  readonly verificationKeys: JWTVerifyGetKey;
  readonly stop: () => void;
};

/** The public half of a key as the JWKS shows it. */
type PublicKey = Readonly<Record<"kty" | "crv" | "x" | "kid" | "alg" | "use", string>>;
type SigningKey = { readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: PublicKey };

/** Private key file: an Ed25519 key pair (RFC 8037). */
const PrivateJwk = Type.Object({
  kty: Type.Literal("OKP"),
  crv: Type.Literal("Ed25519"),
  kid: Type.String({ minLength: 1, maxLength: 200 }),
  x: Type.String({ minLength: 43, maxLength: 43 }),
  d: Type.String({ minLength: 43, maxLength: 43 }),
});

// With the 2 s in which the other services ask: a key that is taken away is good for nothing within 5 s.
const RELOAD_MS = 2_000;
// A new key is published before it signs: the other services ask for an unknown key at most once in 30 s, so that a
// key which signs earlier could be refused by one that has just asked (reliability AU-10, AU-11).
const PUBLISH_FIRST_MS = 35_000;

/**
 * Opens the folder of private keys (`*.jwk.json`; the last by file name signs) and looks at it again every few seconds,
 * so that keys rotate without a restart. A key that appears, also while auth was down, is published at once and signs a
 * little later, unless there is no other. A file that is no usable key is left out and said so; when none is left, the last
 * good set stays in use.
 * @throws Error when the folder holds no usable key at the start
 */
export async function openSigningKeys(options: {
  readonly directory: string;
  readonly published: PublishedKeys;
  readonly log: Pick<Log, "info" | "warn">;
  readonly reloadMs?: number;
  readonly clock?: Clock;
}): Promise<SigningKeys> {
  const { directory, published, log, reloadMs = RELOAD_MS, clock = systemClock } = options;
  let seen = await readFolder(directory);
  let ring = await ringOf(seen, log);
  if (ring === null) {
    throw new Error(`AUTH_KEYS_DIR holds no usable signing key (a private Ed25519 JWK in a *.jwk.json file)`);
  }
  let active = ring;
  let publishedAt = await published.note(kidsOf(active), clock.now());
  let isNoted = true;

  /** Taken away or not, keys change at once; since when they are published may be noted later, with the database back. */
  async function note(): Promise<void> {
    isNoted = false;
    const now = clock.now();
    publishedAt = new Map(kidsOf(active).map((kid) => [kid, publishedAt.get(kid) ?? now]));
    publishedAt = await published.note(kidsOf(active), now);
    isNoted = true;
  }

  async function reload(): Promise<void> {
    const files = await readFolder(directory);
    if (JSON.stringify(files) === JSON.stringify(seen)) return isNoted ? undefined : note();
    seen = files;
    ring = await ringOf(files, log);
    if (ring === null)
      return log.warn({ directory }, "the key folder holds no usable key any more; the last good keys stay in use");
    active = ring;
    log.info({ kids: kidsOf(ring), next: ring.newest.kid }, "signing keys changed");
    await note();
  }

  const timer = setInterval(() => {
    reload().catch((error: unknown) =>
      log.warn({ err: error }, "the key folder cannot be read, or noted what is in it; it is tried again"),
    );
  }, reloadMs);
  timer.unref();

  return {
    current: () => {
      const atMs = ({ kid }: SigningKey) => publishedAt.get(kid)?.getTime() ?? Number.POSITIVE_INFINITY;
      const knownSinceMs = clock.now().getTime() - PUBLISH_FIRST_MS;
      const known = active.keys.findLast((key) => atMs(key) <= knownSinceMs);
      return known ?? active.keys.reduce((first, key) => (atMs(key) < atMs(first) ? key : first));
    },
    publicKeys: () => active.keys.map((key) => key.publicJwk),
    verificationKeys: (header, token) => active.resolve(header, token),
    stop: () => clearInterval(timer),
  };
}

type KeyFile = { readonly name: string; readonly text: string };
type Ring = {
  readonly keys: readonly SigningKey[];
  readonly newest: SigningKey;
  readonly resolve: ReturnType<typeof createLocalJWKSet>;
};

const kidsOf = ({ keys }: Ring): readonly string[] => keys.map(({ kid }) => kid);

async function readFolder(directory: string): Promise<KeyFile[]> {
  const entries = await readdir(directory).catch((cause: unknown) => {
    throw new Error("the folder named by AUTH_KEYS_DIR cannot be read", { cause });
  });
  const names = entries.filter((name) => name.endsWith(".jwk.json")).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(directory, name), "utf8") })));
}

async function ringOf(files: readonly KeyFile[], log: Pick<Log, "warn">): Promise<Ring | null> {
  const keys = new Map<string, SigningKey>();
  for (const file of files) {
    const key = await keyOf(file.text);
    if (key === null) log.warn({ file: file.name }, "not a private Ed25519 JWK; left out");
    else if (keys.has(key.kid)) log.warn({ file: file.name, kid: key.kid }, "the key id is in use already; left out");
    else keys.set(key.kid, key);
  }
  const all = [...keys.values()];
  const newest = all.at(-1);
  if (newest === undefined) return null;
  return { keys: all, newest, resolve: createLocalJWKSet({ keys: all.map((key) => key.publicJwk) }) };
}

async function keyOf(text: string): Promise<SigningKey | null> {
  try {
    const jwk: unknown = JSON.parse(text);
    if (!Value.Check(PrivateJwk, jwk)) return null;
    const { kty, crv, x, d, kid } = jwk;
    const privateKey = await importJWK({ kty, crv, x, d }, "EdDSA");
    if (privateKey instanceof Uint8Array) return null;
    return { kid, privateKey, publicJwk: { kty, crv, x, kid, alg: "EdDSA", use: "sig" } };
  } catch {
    // Half-written JSON, or numbers that are no key: the caller names the file.
    return null;
  }
}
