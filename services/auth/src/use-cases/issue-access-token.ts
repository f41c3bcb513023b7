import { addSeconds, type Clock, newId } from "@comanda/primitives";
import { SignJWT } from "jose";
import { type StaffTokenPolicy, type TokenHolder, termsFor } from "../domain/token-policy.ts";
import type { SigningKeys } from "../storage/signing-keys.ts";

/** A signed access token and what its receiver is told about it. */
export type AccessToken = {
  /** Its `jti`. */
  readonly id: string;
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly expiresAt: Date;
  readonly scope: string;
};

/**
 * Signs an access token for its holder. `id` and `begunAt` are given for the first token of a new person: from the same
 * session, key and holder comes the same token, letter by letter, so that a repeated request can be answered as it was.
 * `notAfter` is the end of a session that the token must not outlive.
 */
export type IssueAccessToken = (
  holder: TokenHolder,
  session?: { readonly id?: string; readonly begunAt?: Date; readonly notAfter?: Date | null },
) => Promise<AccessToken>;

/** Makes the issuer of access tokens: JWTs of the profile of RFC 9068, EdDSA, signed with the newest key. */
export function makeIssueAccessToken(deps: {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly clock: Clock;
  readonly policy: StaffTokenPolicy;
}): IssueAccessToken {
  return async function issueAccessToken(holder, session) {
    const terms = termsFor(holder, deps.policy);
    const { kid, privateKey } = deps.keys.current();
    const issuedAt = session?.begunAt ?? deps.clock.now();
    const issuedAtS = Math.floor(issuedAt.getTime() / 1000);
    const id = session?.id ?? newId();
    const leftS = Math.ceil((session?.notAfter?.getTime() ?? Number.POSITIVE_INFINITY) / 1000) - issuedAtS;
    const lifetimeSeconds = Math.min(terms.lifetimeSeconds, leftS);
    const claims = {
      role: terms.role,
      ...(terms.level === null ? {} : { level: terms.level }),
      ...(terms.deviceKind === null ? {} : { kind: terms.deviceKind }),
      ...(terms.deviceId === null ? {} : { device: terms.deviceId }),
      client_id: terms.clientId,
      scope: terms.scope,
      ...(terms.acr === null ? {} : { acr: terms.acr }),
      ...(terms.amr === null ? {} : { amr: terms.amr }),
    };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
      .setIssuer(deps.issuer)
      .setAudience(typeof terms.audience === "string" ? terms.audience : [...terms.audience])
      .setSubject(terms.subject)
      // The session: what an anonymous or identified guest orders belongs to this very token.
      .setJti(id)
      .setIssuedAt(issuedAtS)
      .setNotBefore(issuedAtS)
      .setExpirationTime(issuedAtS + lifetimeSeconds)
      .sign(privateKey);
    const expiresAt = addSeconds(new Date(issuedAtS * 1000), lifetimeSeconds);
    return { id, token, expiresInSeconds: lifetimeSeconds, expiresAt, scope: terms.scope };
  };
}
