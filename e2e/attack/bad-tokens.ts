import { type Signer, sign } from "@comanda/testing/token-states";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

type Claims = Readonly<Record<string, unknown>>;
type Header = Readonly<Record<string, unknown>>;

/** What a request carries: a token for the usual header, or something else in its place. */
export type Shown = { readonly headers: readonly (readonly [string, string])[]; readonly query?: string };
/** `elsewhere`: an address outside the house, at which nobody may ever be asked. */
type Maker = (signer: Signer, claims: Claims, elsewhere: string) => Promise<string>;

const nowS = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const good =
  (header: Header = {}): Maker =>
  (signer, claims) =>
    sign(signer, claims, header);
const claiming =
  (difference: () => Claims): Maker =>
  (signer, claims) =>
    sign(signer, { ...claims, ...difference() });
const bare =
  (header: Header, signature = ""): Maker =>
  async (signer, claims) =>
    `${encode({ typ: "at+jwt", kid: signer.kid, ...header })}.${encode(claims)}.${signature}`;
const changing =
  (change: (parts: readonly string[], claims: Claims) => string): Maker =>
  async (signer, claims) =>
    change((await sign(signer, claims)).split("."), claims);

/** Signs with a key of its own, as far as the header may say which. */
const strangers =
  (header: (jwk: object, elsewhere: string) => Header, alg = "EdDSA"): Maker =>
  async (signer, claims, elsewhere) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const more = header(await exportJWK(publicKey), elsewhere);
    return new SignJWT(claims).setProtectedHeader({ alg, typ: "at+jwt", kid: signer.kid, ...more }).sign(privateKey);
  };

/** Signed by the very issuer, with a header that its own library would refuse to write. */
const signedWith =
  (header: Header): Maker =>
  async ({ kid, privateKey }, claims) => {
    const signed = `${encode({ alg: "EdDSA", typ: "at+jwt", kid, ...header })}.${encode(claims)}`;
    const signature = await crypto.subtle.sign("Ed25519", privateKey, Buffer.from(signed));
    return `${signed}.${Buffer.from(signature).toString("base64url")}`;
  };

/** Each kind of bad token of reliability §4.5, by the words that the corpus uses. */
export const TOKEN_KINDS: Readonly<Record<string, Maker>> = {
  "alg none": bare({ alg: "none" }),
  "alg nOnE": bare({ alg: "nOnE" }),
  "alg none with a signature": bare({ alg: "none" }, "A".repeat(86)),
  "HS256 with the public key": async (signer, claims) => {
    const { x = "" } = await exportJWK(signer.privateKey);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: signer.kid })
      .sign(Buffer.from(x.padEnd(43, "A"), "base64url"));
  },
  "ES256 under our key id": strangers(() => ({}), "ES256"),
  "all-zero signature": bare({ alg: "EdDSA" }, "A".repeat(86)),
  "altered payload": changing(
    ([head, , signature], claims) => `${head}.${encode({ ...claims, scope: "all" })}.${signature}`,
  ),
  "cut signature": changing(([head, body, signature = ""]) => `${head}.${body}.${signature.slice(0, -4)}`),
  "two parts": changing(([head, body]) => `${head}.${body}`),
  "four parts": changing((parts) => `${parts.join(".")}.x`),
  "five parts": async () => "a.b.c.d.e",
  padded: changing((parts) => `${parts.join(".")}==`),
  "with blanks": changing(([head, body, signature]) => `${head}. ${body}.${signature}`),
  "kid a path": good({ kid: "../../../../dev/null" }),
  "kid SQL": good({ kid: "x' OR '1'='1" }),
  "kid of 3 KB": good({ kid: "k".repeat(3_000) }),
  "kid a number": signedWith({ kid: 1 }),
  "signed with our own hands": signedWith({}),
  "jwk inside": strangers((jwk) => ({ kid: undefined, jwk })),
  jku: strangers((_jwk, elsewhere) => ({ kid: "elsewhere", jku: `${elsewhere}/jwks.json` })),
  x5u: strangers((_jwk, elsewhere) => ({ kid: "elsewhere", x5u: `${elsewhere}/x.pem` })),
  crit: signedWith({ crit: ["x"], x: 1 }),
  "stranger's key": strangers(() => ({})),
  "expired by 61 s": claiming(() => ({ iat: nowS() - 400, nbf: nowS() - 400, exp: nowS() - 61 })),
  "nbf in an hour": claiming(() => ({ nbf: nowS() + 3600 })),
  "iat in an hour": claiming(() => ({ iat: nowS() + 3600, exp: nowS() + 7200 })),
  "exp 1e20": claiming(() => ({ exp: 1e20 })),
  "ten years": claiming(() => ({ exp: nowS() + 315_360_000 })),
  "exp a word": claiming(() => ({ exp: "tomorrow" })),
  "exp negative": claiming(() => ({ exp: -1 })),
  "no exp": claiming(() => ({ exp: undefined })),
  "another aud": (signer, claims) => sign(signer, { ...claims, aud: signer.audience === "auth" ? "order" : "auth" }),
  "no aud": claiming(() => ({ aud: undefined })),
  "list of others": (signer, claims) =>
    sign(signer, { ...claims, aud: ["auth", "order", "payment"].filter((each) => each !== signer.audience) }),
  "list with ours": good(),
  "another iss": claiming(() => ({ iss: "http://staging.example" })),
  "iss with a slash": (signer, claims) => sign(signer, { ...claims, iss: `${signer.issuer}/` }),
  "typ JWT": good({ typ: "JWT" }),
  "no typ": good({ typ: undefined }),
  "a refresh token": async () => "r".repeat(43),
  "a webhook code": async () => "0".repeat(64),
  "role twice, last unknown": changing(([head = "", body = "", signature]) => {
    const claims = Buffer.from(body, "base64url").toString().replace(/}$/, ',"role":"owner"}');
    return `${head}.${Buffer.from(claims).toString("base64url")}.${signature}`;
  }),
  "of 12 KB": claiming(() => ({ filler: "x".repeat(9_000) })),
};

/** A token in a place or form of its own. */
export const TOKEN_PLACES: Readonly<Record<string, (token: string) => Shown>> = {
  "in the query": (token) => ({ headers: [], query: `access_token=${token}` }),
  "in a cookie": (token) => ({ headers: [["cookie", `access_token=${token}`]] }),
  "two headers": (token) => ({
    headers: [
      ["authorization", "Bearer a.b.c"],
      ["authorization", `Bearer ${token}`],
    ],
  }),
  "lower-case bearer": (token) => ({ headers: [["authorization", `bearer ${token}`]] }),
};
