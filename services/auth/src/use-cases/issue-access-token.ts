import { type Clock, newId } from "@comanda/primitives";
import { SignJWT } from "jose";
import { type TokenHolder, termsFor } from "../domain/token-policy.ts";
import type { SigningKeys } from "../storage/signing-keys.ts";

/** A signed access token and what its receiver is told about it. */
export type AccessToken = { readonly token: string; readonly expiresInSeconds: number; readonly scope: string };

/** Signs an access token for its holder. */
export type IssueAccessToken = (holder: TokenHolder) => Promise<AccessToken>;

/** Makes the issuer of access tokens: JWTs of the profile of RFC 9068, EdDSA, signed with the newest key. */
export function makeIssueAccessToken(deps: {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly clock: Clock;
}): IssueAccessToken {
  return async function issueAccessToken(holder) {
    const terms = termsFor(holder);
    const { kid, privateKey } = deps.keys.current();
    const nowS = Math.floor(deps.clock.now().getTime() / 1000);
    const claims = {
      role: terms.role,
      ...(terms.level === null ? {} : { level: terms.level }),
      client_id: terms.clientId,
      scope: terms.scope,
    };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
      .setIssuer(deps.issuer)
      .setAudience(typeof terms.audience === "string" ? terms.audience : [...terms.audience])
      .setSubject(terms.subject)
      // The session: what an anonymous or identified guest orders belongs to this very token.
      .setJti(newId())
      .setIssuedAt(nowS)
      .setNotBefore(nowS)
      .setExpirationTime(nowS + terms.lifetimeSeconds)
      .sign(privateKey);
    return { token, expiresInSeconds: terms.lifetimeSeconds, scope: terms.scope };
  };
}
