import { newId } from "@comanda/primitives";
import { type CryptoKey, SignJWT } from "jose";
import { CALLERS, type CallerName } from "./callers.ts";

/** What it takes to sign tokens as the real issuer does, so that only what differs can be what is refused. */
export type Signer = {
  readonly issuer: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** The service that the tokens are for. */
  readonly audience: string;
};

type Claims = Readonly<Record<string, unknown>>;
type Header = Readonly<Record<string, unknown>>;

/** The claims of a good token of this caller. */
export function claimsOf(signer: Signer, caller: { readonly name: CallerName; readonly id: string }): Claims {
  const nowS = Math.floor(Date.now() / 1000);
  const who = CALLERS[caller.name];
  return {
    iss: signer.issuer,
    aud: caller.name === "service" ? signer.audience : ["auth", "order", "payment"],
    sub: caller.id,
    jti: newId(),
    client_id: caller.name === "service" ? caller.id : "web",
    iat: nowS,
    nbf: nowS,
    exp: nowS + 300,
    ...who,
  };
}

/** Signs claims with the issuer's own key; a claim or header that is `undefined` is left out. */
export async function sign(signer: Signer, claims: Claims, header: Header = {}): Promise<string> {
  const full = { alg: "EdDSA", typ: "at+jwt", kid: signer.kid, ...header };
  return new SignJWT(present(claims)).setProtectedHeader(present(full) as { alg: string }).sign(signer.privateKey); // alg is always there
}

function present(record: Claims): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token that is good but for one thing. */
type BadToken = (signer: Signer, claims: Claims) => Promise<string>;

/** The states in which a token is good for nothing (reliability §3); `revoked` is the service's to make. */
export const BAD_TOKENS: Readonly<Record<string, BadToken>> = {
  expired: (signer, claims) => sign(signer, { ...claims, iat: seconds(-400), nbf: seconds(-400), exp: seconds(-61) }),
  "not yet valid": (signer, claims) => sign(signer, { ...claims, nbf: seconds(3600), exp: seconds(3600) }),
  "for another service": (signer, claims) =>
    sign(signer, { ...claims, aud: signer.audience === "payment" ? "order" : "payment" }),
  "of another issuer": (signer, claims) => sign(signer, { ...claims, iss: `${signer.issuer}/` }),
  "of another type": (signer, claims) => sign(signer, claims, { typ: "JWT" }),
  tampered: async (signer, claims) => {
    const [header, , signature] = (await sign(signer, { ...claims, role: "customer" })).split(".");
    return `${header}.${encode({ ...claims, scope: "more" })}.${signature}`;
  },
  // With something in the signature's place: without it the door already sees that it is no token (corpus J-01).
  unsigned: async (signer, claims) =>
    `${encode({ alg: "none", typ: "at+jwt", kid: signer.kid })}.${encode(claims)}.${"A".repeat(86)}`,
};

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}
