import { createHash } from "node:crypto";
import { addSeconds, type Clock } from "@comanda/primitives";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SERVICE_AUDIENCES, type ServiceClient } from "../domain/token-policy.ts";
import type { Db } from "../storage/sessions.ts";
import { spendAssertion } from "../storage/used-assertions.ts";

/** The service that this assertion proves, or `null`. Each is good once. */
export type CheckClientAssertion = (assertion: string) => Promise<ServiceClient | null>;

/** `EdDSA` and `Ed25519` are two names of one algorithm (RFC 9864). */
export const ASSERTION_ALGORITHMS = ["EdDSA", "Ed25519", "ES256"] as const;

const LIFETIME_MAX_S = 300;
const LEEWAY_S = 30;
const LENGTH_MAX = 4_096;

const Claims = Type.Object({
  iss: Type.String(),
  sub: Type.String(),
  // One audience: an assertion that another server may use as well could be used here by that server.
  aud: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 1 })]),
  exp: Type.Integer(),
  jti: Type.String({ minLength: 1, maxLength: 500 }),
  iat: Type.Optional(Type.Integer()),
});

/** A public key of a service: Ed25519, or P-256. What it is decides the algorithm; its own `alg` is not asked. */
const PublicKey = Type.Union([
  Type.Object({
    kty: Type.Literal("OKP"),
    crv: Type.Literal("Ed25519"),
    x: Type.String(),
    kid: Type.Optional(Type.String()),
  }),
  Type.Object({
    kty: Type.Literal("EC"),
    crv: Type.Literal("P-256"),
    x: Type.String(),
    y: Type.String(),
    kid: Type.Optional(Type.String()),
  }),
]);
const KeySet = Type.Object({ keys: Type.Array(PublicKey, { minItems: 1, maxItems: 20 }) });

/**
 * Makes the check of `private_key_jwt` (RFC 7523 §3): signed by a key that is configured for the client, made out by and
 * about the client for this server, over within five minutes, never seen before.
 * @param options.keySets public keys of each service, as the JSON of a JWKS; absent: this service has none
 * @param options.audiences what we are called: issuer, or token endpoint
 * @throws Error for a key set that cannot be read
 */
export function makeCheckClientAssertion(options: {
  readonly keySets: Readonly<Partial<Record<ServiceClient, string | undefined>>>;
  readonly audiences: readonly string[];
  readonly db: Db;
  readonly clock: Clock;
}): CheckClientAssertion {
  const { audiences, db, clock } = options;
  const keysOf = new Map<string, ReturnType<typeof createLocalJWKSet>>();
  for (const client of Object.keys(SERVICE_AUDIENCES) as ServiceClient[]) {
    // the keys of that very table
    const text = options.keySets[client];
    if (text !== undefined) keysOf.set(client, createLocalJWKSet(readKeySet(client, text)));
  }

  return async function checkClientAssertion(assertion) {
    if (assertion.length > LENGTH_MAX) return null;
    const client = clientIn(assertion);
    const keys = client === null ? undefined : keysOf.get(client);
    if (client === null || keys === undefined) return null;
    const now = clock.now();
    const claims = await jwtVerify(assertion, keys, {
      algorithms: [...ASSERTION_ALGORITHMS],
      issuer: client,
      subject: client,
      audience: [...audiences],
      requiredClaims: ["exp", "jti"],
      clockTolerance: LEEWAY_S,
      currentDate: now,
    }).then(
      ({ payload }) => payload,
      // Whatever is wrong with it is wrong with it; who sent it learns no more than that.
      () => null,
    );
    if (claims === null || !Value.Check(Claims, claims)) return null;
    if (claims.exp > now.getTime() / 1000 + LIFETIME_MAX_S + LEEWAY_S) return null;
    if (claims.iat !== undefined && claims.iat > now.getTime() / 1000 + LEEWAY_S) return null;
    const digest = createHash("sha256").update(client).update("\0").update(claims.jti).digest();
    const expiresAt = addSeconds(new Date(claims.exp * 1000), LEEWAY_S);
    return (await spendAssertion(db, { digest, expiresAt })) ? client : null;
  };
}

function readKeySet(client: string, text: string): JSONWebKeySet {
  const name = `${client.toUpperCase()}_CLIENT_JWKS`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${name} is no JSON`, { cause });
  }
  // Only what a public key needs: a private half that was put there by mistake is not taken along.
  const set = Value.Clean(KeySet, structuredClone(parsed));
  if (!Value.Check(KeySet, set)) throw new Error(`${name} is no set of public Ed25519 or P-256 keys`);
  return set;
}

/** Who it says it is from; nothing of it is believed before the signature is checked with that client's keys. */
function clientIn(assertion: string): ServiceClient | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString("utf8"));
    const issuer: unknown = typeof payload === "object" && payload !== null && "iss" in payload ? payload.iss : null;
    if (typeof issuer !== "string" || !Object.hasOwn(SERVICE_AUDIENCES, issuer)) return null;
    return issuer as ServiceClient; // it is a key of the table
  } catch {
    // No JWT.
    return null;
  }
}
