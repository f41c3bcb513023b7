import { newId } from "@comanda/primitives";
import {
  type Caller,
  createTokenVerifier,
  type DeviceKind,
  type Level,
  makeRevocations,
  type Role,
  type TokenVerifier,
} from "@comanda/service-kit";
import { type CryptoKey, createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";

/** What a test wants to differ in a token. */
export type TokenOptions = {
  readonly role: Role;
  readonly subject?: string;
  readonly level?: Level;
  readonly kind?: DeviceKind;
  /** The paired device that asked for the token of a person. */
  readonly device?: string;
  readonly audience?: string | readonly string[];
  readonly issuer?: string;
  readonly type?: string;
  readonly clientId?: string;
  readonly acr?: string;
  readonly expiresInSeconds?: number;
  readonly issuedAt?: Date;
  readonly notBefore?: Date;
};

/** An issuer of real, signed tokens for tests, with the verifier and the JWKS that belong to it. */
export type TestIssuer = {
  readonly issuer: string;
  readonly jwks: JSONWebKeySet;
  readonly verifier: (audience: string) => TokenVerifier;
  readonly token: (options: TokenOptions) => Promise<string>;
  /** The key itself, for tokens that `token` would never make. */
  readonly key: { readonly kid: string; readonly privateKey: CryptoKey };
  /** Makes the token with this `jti` good for nothing, at every verifier of this issuer. */
  readonly revoke: (tokenId: string) => void;
  readonly isRevoked: (caller: Caller) => boolean;
};

/** Makes an issuer with a fresh Ed25519 key. Tokens are checked by the very code that production runs. */
export async function createTestIssuer(issuer = "http://auth.test"): Promise<TestIssuer> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA");
  const kid = newId();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "EdDSA", use: "sig" }] };
  const revocations = makeRevocations();
  const revoked: string[] = [];
  return {
    issuer,
    jwks,
    key: { kid, privateKey },
    revoke: (tokenId) => {
      revoked.push(tokenId);
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const tokens = revoked.map((id) => ({ id, expires_at: expiresAt }));
      revocations.replace({ version: String(revoked.length), tokens, subjects: [] });
    },
    isRevoked: revocations.isRevoked,
    verifier: (audience) =>
      createTokenVerifier({ issuer, audience, keys: createLocalJWKSet(jwks), isRevoked: revocations.isRevoked }),
    token: async (options) => {
      const issuedAt = options.issuedAt ?? new Date();
      const seconds = Math.floor(issuedAt.getTime() / 1000);
      const claims = {
        role: options.role,
        client_id: options.clientId ?? "test",
        scope: "",
        ...(options.level === undefined ? {} : { level: options.level }),
        ...(options.kind === undefined ? {} : { kind: options.kind }),
        ...(options.device === undefined ? {} : { device: options.device }),
        ...(options.acr === undefined ? {} : { acr: options.acr }),
      };
      const audience = options.audience ?? ["auth", "order", "payment"];
      return new SignJWT(claims)
        .setProtectedHeader({ alg: "EdDSA", typ: options.type ?? "at+jwt", kid })
        .setIssuer(options.issuer ?? issuer)
        .setAudience(typeof audience === "string" ? audience : [...audience])
        .setSubject(options.subject ?? newId())
        .setJti(newId())
        .setIssuedAt(seconds)
        .setNotBefore(options.notBefore ?? issuedAt)
        .setExpirationTime(seconds + (options.expiresInSeconds ?? 300))
        .sign(privateKey);
    },
  };
}
