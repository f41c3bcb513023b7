import { type Clock, systemClock } from "@comanda/primitives";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Value } from "typebox/value";
import { AccessTokenClaims, type Caller } from "./caller.ts";
import { parseStrictJson } from "./strict-json.ts";
import { makeTokenMemory } from "./token-memory.ts";
import { UncheckableTokenError } from "./uncheckable-token.ts";

/**
 * Turns a bearer token into its caller, or `null` when the token is not good for this service. A remembered token is
 * answered at once, without a promise: that is nearly every request.
 */
export type TokenVerifier = (token: string) => Caller | null | Promise<Caller | null>;

// Longer lives than this are no tokens of ours, whatever they say (reliability AU-05).
const LIFETIME_MAX_S = 3600;
const LEEWAY_S = 60;
const TOKEN_LENGTH_MAX = 4096;
const TOKEN_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Makes the check that every service runs on a bearer token: signature with EdDSA only, `typ: at+jwt`, issuer,
 * audience, `exp`, `nbf`, `iat`, required claims (RFC 8725 §3, RFC 9068 §4). A verified token is remembered until it
 * expires, since a signature costs more than all the rest of a request; a revocation list is asked each time.
 *
 * @param options.audience this service's name; a token must name it, alone or in its list
 * @param options.keys where public keys come from: `remoteKeys(url)`, or a local set in tests
 * @param options.isRevoked asked on each request with the token's `jti`, subject and time of issue
 */
export function createTokenVerifier(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  readonly clock?: Clock;
  readonly isRevoked?: (caller: Caller) => boolean;
}): TokenVerifier {
  const { clock = systemClock, isRevoked = () => false } = options;
  const remembered = makeTokenMemory();

  return function verify(token) {
    const known = remembered.find(token);
    if (known === undefined) return verifyAnew(token);
    if (known.expiresAt.getTime() > clock.now().getTime()) return isRevoked(known) ? null : known;
    remembered.forget(token);
    return null;
  };

  async function verifyAnew(token: string): Promise<Caller | null> {
    const caller = await readToken(token, { ...options, clock });
    if (caller === null || caller.expiresAt.getTime() <= clock.now().getTime()) return null;
    // Asked before the token is remembered: where nothing can be said of it yet, nothing is kept of it.
    const revoked = isRevoked(caller);
    remembered.keep(token, caller);
    return revoked ? null : caller;
  }
}

async function readToken(
  token: string,
  options: {
    readonly issuer: string;
    readonly audience: string;
    readonly keys: JWTVerifyGetKey;
    readonly clock: Clock;
  },
): Promise<Caller | null> {
  if (token.length > TOKEN_LENGTH_MAX || !TOKEN_FORM.test(token)) return null;
  const now = options.clock.now();
  try {
    const { payload, protectedHeader } = await jwtVerify(token, options.keys, {
      algorithms: ["EdDSA"],
      typ: "at+jwt",
      issuer: options.issuer,
      audience: options.audience,
      requiredClaims: ["iss", "aud", "sub", "jti", "client_id", "iat", "exp"],
      clockTolerance: LEEWAY_S,
      currentDate: now,
    });
    if (!Value.Check(AccessTokenClaims, payload) || !saysEverythingOnce(token)) return null;
    const nowS = now.getTime() / 1000;
    if (payload.iat > nowS + LEEWAY_S || payload.exp - payload.iat > LIFETIME_MAX_S) return null;
    const { kid } = protectedHeader;
    // A token of ours names its key; of one that does not, nobody could tell whether that key is still good.
    return kid === undefined ? null : callerOf(payload, kid);
  } catch (error) {
    if (isOutage(error)) throw new UncheckableTokenError("the token keys cannot be had", { cause: error });
    // Whatever else is wrong with a token is wrong with the token; the client learns no more than that.
    return null;
  }
}

function callerOf(claims: AccessTokenClaims, keyId: string): Caller | null {
  if (claims.role === "device" && claims.kind === undefined) return null;
  return {
    id: claims.sub,
    role: claims.role,
    level: claims.level ?? null,
    kind: claims.kind ?? null,
    deviceId: claims.role === "device" ? claims.sub : (claims.device ?? null),
    clientId: claims.client_id,
    acr: claims.acr ?? null,
    scope: claims.scope ?? "",
    tokenId: claims.jti,
    keyId,
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date(claims.exp * 1000),
  };
}

/** Of a claim that stands there twice nobody knows which one another reader takes (RFC 8725, reliability J-21). */
function saysEverythingOnce(token: string): boolean {
  try {
    for (const part of token.split(".").slice(0, 2)) parseStrictJson(Buffer.from(part, "base64url"));
    return true;
  } catch {
    return false;
  }
}

function isOutage(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  if (error instanceof errors.JOSEError) return error.code === "ERR_JOSE_GENERIC";
  return true;
}

/** Auth's public keys as they are known here. */
export type RemoteKeys = {
  readonly keys: JWTVerifyGetKey;
  /** Reads the keys if they were never read; rejects when they cannot be had. */
  readonly readOnce: () => Promise<void>;
  /** Reads the keys again if they are not those that auth is said to have now. */
  readonly follow: (keyIds: readonly string[]) => void;
  readonly stop: () => void;
};

/**
 * Public keys from the auth service's JWKS: fetched once and kept, so that tokens are checked with auth away; fetched
 * again for an unknown `kid`, at most once in 30 s (reliability AU-11, AU-12), when auth says that it has other ones, and
 * quietly every 5 minutes, so that a retired key goes.
 */
export function remoteKeys(
  authUrl: string,
  { cooldownMs = 30_000 }: { readonly cooldownMs?: number } = {},
): RemoteKeys {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", authUrl), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: cooldownMs,
    timeoutDuration: 3_000,
  });
  const refresh = setInterval(() => {
    // With auth away the last good set stays in use; the next round tries again.
    keys.reload().catch(() => undefined);
  }, 300_000);
  refresh.unref();
  const known = () => keys.jwks()?.keys.map(({ kid }) => kid);
  return {
    keys,
    readOnce: async () => {
      if (known() === undefined) await keys.reload();
    },
    follow: (keyIds) => {
      const held = known();
      if (held?.length === keyIds.length && keyIds.every((id) => held.includes(id))) return;
      // What cannot be had now is asked for again with the next word about it.
      keys.reload().catch(() => undefined);
    },
    stop: () => clearInterval(refresh),
  };
}
