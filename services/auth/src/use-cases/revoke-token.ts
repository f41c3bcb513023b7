import type { Clock } from "@comanda/primitives";
import type { PublicClient, ServiceClient } from "../domain/token-policy.ts";
import { digestOf } from "../storage/refresh-secret.ts";
import { type Db, findSessionId, findSessionIdOfAccessToken, lockSession } from "../storage/sessions.ts";
import { endSession, revokeAccessToken } from "./end-session.ts";

/** Who asks for a revocation: a client, for tokens issued to it, or somebody for their own. */
export type TokenOwner =
  | { readonly kind: "client"; readonly client: ServiceClient | PublicClient }
  | { readonly kind: "subject"; readonly id: string };

/** What a good access token says that matters here. */
export type KnownAccessToken = {
  readonly id: string;
  readonly clientId: string;
  readonly tokenId: string;
  readonly expiresAt: Date;
};

/** Revokes an access or refresh token of its owner; with either of them the session ends. Anything else changes nothing. */
export type RevokeToken = (given: { readonly token: string; readonly owner: TokenOwner }) => Promise<void>;

export function makeRevokeToken(deps: {
  readonly db: Db;
  readonly clock: Clock;
  /** Reads an access token of ours, for whichever service it is; `null` for one that is good for nothing. */
  readonly readAccessToken: (token: string) => Promise<KnownAccessToken | null>;
  readonly noteRevocations: () => Promise<void>;
}): RevokeToken {
  const { db, clock, readAccessToken, noteRevocations } = deps;

  return async function revokeToken({ token, owner }) {
    const accessToken = await readAccessToken(token);
    const isDone = accessToken === null ? await endByRefreshToken(token, owner) : await end(accessToken, owner);
    if (isDone) await noteRevocations();
  };

  async function end(accessToken: KnownAccessToken, owner: TokenOwner): Promise<boolean> {
    const isOwn = owner.kind === "client" ? accessToken.clientId === owner.client : accessToken.id === owner.id;
    if (!isOwn) return false;
    await db.transaction().execute(async (tx) => {
      const sessionId = await findSessionIdOfAccessToken(tx, accessToken.tokenId);
      if (sessionId !== null) await endSession(tx, sessionId, clock.now());
      await revokeAccessToken(tx, accessToken);
    });
    return true;
  }

  async function endByRefreshToken(token: string, owner: TokenOwner): Promise<boolean> {
    const sessionId = await findSessionId(db, digestOf(token));
    if (sessionId === null) return false;
    return db.transaction().execute(async (tx) => {
      const session = await lockSession(tx, sessionId);
      if (session === null) return false;
      const { kind, id } = session.subject;
      const isOwn = owner.kind === "client" ? owner.client === CLIENT_OF[kind] : owner.id === id;
      if (!isOwn) return false;
      await endSession(tx, session.id, clock.now());
      return true;
    });
  }
}

/** Which client the sessions of each are issued to; services have none. */
const CLIENT_OF = { person: "web", device: "device" } as const;
