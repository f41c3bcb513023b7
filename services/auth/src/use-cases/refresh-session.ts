import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { decideRefresh, endAfter, type SessionSubject, sessionLimits } from "../domain/session.ts";
import { digestOf, newRefreshToken, openAnswer, sealAnswer } from "../storage/refresh-secret.ts";
import {
  type Db,
  findRefreshToken,
  findSessionId,
  insertRefreshToken,
  lockSession,
  type Session,
  spendRefreshToken,
  touchSession,
} from "../storage/sessions.ts";
import type { SessionHolder } from "./begin-session.ts";
import { endSession } from "./end-session.ts";
import type { IssueAccessToken } from "./issue-access-token.ts";

/** What a renewal is answered with. */
export type Renewal = {
  readonly subject: SessionSubject;
  readonly token: string;
  readonly refreshToken: string;
  readonly scope: string;
  readonly expiresAt: Date;
};

/**
 * Exchanges a refresh token for the next pair. `reused` says aloud what the client is told as `over`; with `other-scope`
 * nothing was spent.
 */
export type RefreshSession = (
  refreshToken: string,
  asked?: { readonly scope: string | undefined },
) => Promise<Result<Renewal, "over" | "reused" | "other-scope">>;

type Deps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly issueAccessToken: IssueAccessToken;
  /** Who the subject is by now: their role may have changed, they may be gone. */
  readonly findHolder: (db: Db, session: Pick<Session, "subject" | "proof">) => Promise<SessionHolder | null>;
};

/** Makes the renewal. Everything happens under the lock of the session, so that of many at once exactly one rotates. */
export function makeRefreshSession(deps: Deps): RefreshSession {
  return async function refreshSession(refreshToken, { scope } = { scope: undefined }) {
    const digest = digestOf(refreshToken);
    const sessionId = await findSessionId(deps.db, digest);
    if (sessionId === null) return refuse("over");
    return deps.db.transaction().execute(async (tx) => {
      const session = await lockSession(tx, sessionId);
      const known = session === null ? null : await findRefreshToken(tx, digest);
      if (session === null || known === null) return refuse("over");
      const now = deps.clock.now();
      const { spent, expiresAt } = known;
      const presented = { sessionExpiresAt: session.expiresAt, sessionEndedAt: session.endedAt, expiresAt, spent };
      switch (decideRefresh(presented, now)) {
        case "over":
          return refuse("over");
        case "reuse":
          await endSession(tx, session.id, now);
          return refuse("reused");
        case "repeat":
          if (spent === null) throw new TypeError("only a spent token can be repeated");
          return asAsked(readAnswer(session, openAnswer(refreshToken, spent.answerSealed)), scope);
        case "rotate":
          return rotate(deps, tx, { session, refreshToken, scope, now });
      }
    });
  };
}

async function rotate(
  deps: Deps,
  tx: Db,
  given: {
    readonly session: Session;
    readonly refreshToken: string;
    readonly scope: string | undefined;
    readonly now: Date;
  },
): Promise<Result<Renewal, "over" | "other-scope">> {
  const { session, now } = given;
  const holder = await deps.findHolder(tx, session);
  if (holder === null) return refuse("over");
  const accessToken = await deps.issueAccessToken(holder, { notAfter: session.expiresAt });
  if (given.scope !== undefined && given.scope !== accessToken.scope) return refuse("other-scope");
  const next = newRefreshToken();
  const limits = sessionLimits(holder.kind, accessToken.expiresInSeconds);
  await insertRefreshToken(tx, {
    digest: digestOf(next),
    sessionId: session.id,
    accessTokenId: accessToken.id,
    accessExpiresAt: accessToken.expiresAt,
    expiresAt: endAfter(now, limits.idleSeconds),
  });
  const renewal: Renewal = {
    subject: session.subject,
    token: accessToken.token,
    refreshToken: next,
    scope: accessToken.scope,
    expiresAt: accessToken.expiresAt,
  };
  const spending = { digest: digestOf(given.refreshToken), sessionId: session.id };
  const answerSealed = sealAnswer(given.refreshToken, writeAnswer(renewal));
  await spendRefreshToken(tx, spending, { at: now, successor: digestOf(next), answerSealed });
  await touchSession(tx, session.id, now);
  return ok(renewal);
}

function asAsked(renewal: Renewal, scope: string | undefined): Result<Renewal, "other-scope"> {
  return scope === undefined || scope === renewal.scope ? ok(renewal) : refuse("other-scope");
}

const Answer = Type.Object({
  token: Type.String(),
  refresh_token: Type.String(),
  scope: Type.String(),
  expires_at: Type.String(),
});

function writeAnswer({ token, refreshToken, scope, expiresAt }: Renewal): string {
  return JSON.stringify({ token, refresh_token: refreshToken, scope, expires_at: expiresAt.toISOString() });
}

function readAnswer({ subject }: Session, text: string): Renewal {
  const answer: unknown = JSON.parse(text);
  if (!Value.Check(Answer, answer)) throw new TypeError("a sealed answer is none");
  const { token, refresh_token: refreshToken, scope, expires_at: expiresAt } = answer;
  return { subject, token, refreshToken, scope, expiresAt: new Date(expiresAt) };
}
