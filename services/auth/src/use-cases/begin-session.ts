import { type Clock, newId } from "@comanda/primitives";
import { endAfter, sessionLimits } from "../domain/session.ts";
import type { TokenHolder } from "../domain/token-policy.ts";
import { digestOf, newRefreshToken } from "../storage/refresh-secret.ts";
import { type Db, insertRefreshToken, insertSession } from "../storage/sessions.ts";
import type { AccessToken, IssueAccessToken } from "./issue-access-token.ts";

/** Whoever can have a session. A service has none: it authenticates anew each time. */
export type SessionHolder = TokenHolder & { readonly kind: "customer" | "staff" | "device" };

/** An access token, and what it is renewed with. */
export type TokenPair = AccessToken & { readonly refreshToken: string };

/** Begins a session, the first token pair of a family: as a transaction of its own, or as a part of one. */
export type BeginSession = (
  holder: SessionHolder,
  options?: { readonly within?: Db; readonly agent?: string | null },
) => Promise<TokenPair>;

export function makeBeginSession(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly issueAccessToken: IssueAccessToken;
}): BeginSession {
  return async function beginSession(holder, { within, agent = null } = {}) {
    const accessToken = await deps.issueAccessToken(holder);
    const refreshToken = newRefreshToken();
    const now = deps.clock.now();
    const limits = sessionLimits(holder.kind, accessToken.expiresInSeconds);
    const session = {
      id: newId(),
      subject: { kind: holder.kind === "device" ? "device" : "person", id: holder.id },
      createdAt: now,
      expiresAt: endAfter(now, limits.absoluteSeconds),
      endedAt: null,
      proof: holder.kind === "staff" ? holder.proof : null,
      agent,
      deviceId: null,
      lastUsedAt: now,
    } as const;
    const write = async (tx: Db) => {
      await insertSession(tx, session);
      await insertRefreshToken(tx, {
        digest: digestOf(refreshToken),
        sessionId: session.id,
        accessTokenId: accessToken.id,
        accessExpiresAt: accessToken.expiresAt,
        expiresAt: endAfter(now, limits.idleSeconds),
      });
    };
    await (within === undefined ? deps.db.transaction().execute(write) : write(within));
    return { ...accessToken, refreshToken };
  };
}
