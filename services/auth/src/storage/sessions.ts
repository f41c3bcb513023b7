import type { Kysely } from "kysely";
import type { SessionSubject } from "../domain/session.ts";
import type { StaffProof } from "../domain/staff-proof.ts";
import type { AuthTables, SessionRow } from "./schema.ts";

/** The database, or a transaction on it. */
export type Db = Kysely<AuthTables>;

const SESSION_COLUMNS = [
  "id",
  "subject_kind",
  "subject",
  "created_at",
  "expires_at",
  "ended_at",
  "proof",
  "agent",
  "device_id",
  "last_used_at",
] as const;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A session as it is kept. */
export type Session = {
  readonly id: string;
  readonly subject: SessionSubject;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly endedAt: Date | null;
  /** How somebody of the shop signed in; `null` for guests and devices. */
  readonly proof: StaffProof | null;
  /** Browser and system, in short. */
  readonly agent: string | null;
  /** The paired device at which they typed their PIN. */
  readonly deviceId: string | null;
  readonly lastUsedAt: Date;
};

/** A refresh token as it is kept: by its digest, with the access token that came with it. */
export type RefreshToken = {
  readonly digest: Buffer;
  readonly sessionId: string;
  readonly accessTokenId: string;
  readonly accessExpiresAt: Date;
  readonly expiresAt: Date | null;
};

/** What a spent refresh token was exchanged for. */
export type Exchange = { readonly at: Date; readonly successor: Buffer; readonly answerSealed: Buffer };

export async function insertSession(db: Db, session: Session): Promise<void> {
  await db
    .insertInto("sessions")
    .values({
      id: session.id,
      subject_kind: session.subject.kind,
      subject: session.subject.id,
      created_at: session.createdAt,
      expires_at: session.expiresAt,
      ended_at: session.endedAt,
      proof: session.proof,
      agent: session.agent,
      device_id: session.deviceId,
      last_used_at: session.lastUsedAt,
    })
    .execute();
}

export async function insertRefreshToken(db: Db, token: RefreshToken): Promise<void> {
  await db
    .insertInto("refresh_tokens")
    .values({
      digest: token.digest,
      session_id: token.sessionId,
      access_token_id: token.accessTokenId,
      access_expires_at: token.accessExpiresAt,
      expires_at: token.expiresAt,
      spent_at: null,
      successor: null,
      answer_sealed: null,
    })
    .execute();
}

/** The session a refresh token belongs to, spent or not. */
export async function findSessionId(db: Db, digest: Buffer): Promise<string | null> {
  const row = await db
    .selectFrom("refresh_tokens")
    .select("session_id")
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row?.session_id ?? null;
}

/** The session in which an access token was issued, if it was issued in one. */
export async function findSessionIdOfAccessToken(db: Db, accessTokenId: string): Promise<string | null> {
  const row = await db
    .selectFrom("refresh_tokens")
    .select("session_id")
    .where("access_token_id", "=", accessTokenId)
    .executeTakeFirst();
  if (row !== undefined) return row.session_id;
  if (!UUID.test(accessTokenId)) return null;
  const byPin = await db.selectFrom("sessions").select("id").where("id", "=", accessTokenId).executeTakeFirst();
  return byPin?.id ?? null;
}

/** When a session began. */
export async function findSessionBeginning(db: Db, id: string): Promise<Date | null> {
  const row = await db.selectFrom("sessions").select("created_at").where("id", "=", id).executeTakeFirst();
  return row?.created_at ?? null;
}

/** Reads a session and lets nobody else change it until the transaction ends. */
export async function lockSession(db: Db, id: string): Promise<Session | null> {
  const row = await db
    .selectFrom("sessions")
    .select(SESSION_COLUMNS)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? null : sessionOf(row);
}

/** A refresh token, with what it was exchanged for when it is spent, and whether that has been spent in its turn. */
export async function findRefreshToken(
  db: Db,
  digest: Buffer,
): Promise<{
  readonly expiresAt: Date | null;
  readonly spent: (Exchange & { readonly successorIsSpent: boolean }) | null;
} | null> {
  const row = await db
    .selectFrom("refresh_tokens as token")
    .leftJoin("refresh_tokens as next", "next.digest", "token.successor")
    .select([
      "token.expires_at",
      "token.spent_at",
      "token.successor",
      "token.answer_sealed",
      "next.spent_at as next_spent",
    ])
    .where("token.digest", "=", digest)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { spent_at: at, successor, answer_sealed: answerSealed } = row;
  if (at === null || successor === null) return { expiresAt: row.expires_at, spent: null };
  // Without its answer there is nothing to repeat, which is the same as too late.
  const successorIsSpent = row.next_spent !== null || answerSealed === null;
  return {
    expiresAt: row.expires_at,
    spent: { at, successor, answerSealed: answerSealed ?? Buffer.alloc(0), successorIsSpent },
  };
}

/** Spends a refresh token that is not spent yet. The answer of the one before it is no longer needed, and goes. */
export async function spendRefreshToken(
  db: Db,
  token: Pick<RefreshToken, "digest" | "sessionId">,
  exchange: Exchange,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("refresh_tokens")
    .set({ spent_at: exchange.at, successor: exchange.successor, answer_sealed: exchange.answerSealed })
    .where("digest", "=", token.digest)
    .where("spent_at", "is", null)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error("a refresh token was spent behind the lock of its session");
  await db
    .updateTable("refresh_tokens")
    .set({ answer_sealed: null })
    .where("session_id", "=", token.sessionId)
    .where("successor", "=", token.digest)
    .execute();
}

/** Notes that its holder has proved more than when the session began. */
export async function markSessionProof(db: Db, id: string, proof: StaffProof): Promise<void> {
  await db.updateTable("sessions").set({ proof }).where("id", "=", id).execute();
}

/** Notes that a session was renewed. */
export async function touchSession(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable("sessions").set({ last_used_at: at }).where("id", "=", id).execute();
}

/** Which sessions are meant: one, all of somebody, perhaps but one, or those begun by PIN at a device. */
type Which =
  | { readonly id: string }
  | { readonly subject: string; readonly except?: string | null }
  | { readonly deviceId: string }
  | { readonly pinOf: string };

/** Ends sessions that have not ended; gives back the access tokens of theirs that are still alive. */
export async function endSessions(
  db: Db,
  which: Which,
  now: Date,
): Promise<readonly { readonly tokenId: string; readonly expiresAt: Date }[]> {
  const ended = await endingOf(db, which, now).execute();
  if (ended.length === 0) return [];
  const aliveAfter = new Date(now.getTime() - 60_000);
  const alive = await db
    .selectFrom("refresh_tokens")
    .select(["access_token_id", "access_expires_at"])
    .where(
      "session_id",
      "in",
      ended.map(({ id }) => id),
    )
    .where("access_expires_at", ">", aliveAfter)
    .execute();
  // Without renewal there is one token, which has the id of its session.
  const byPin = ended.flatMap(({ id, device_id, expires_at }) =>
    device_id !== null && expires_at !== null && expires_at > aliveAfter
      ? [{ tokenId: id, expiresAt: expires_at }]
      : [],
  );
  return [...alive.map((row) => ({ tokenId: row.access_token_id, expiresAt: row.access_expires_at })), ...byPin];
}

function endingOf(db: Db, which: Which, now: Date) {
  const ending = db
    .updateTable("sessions")
    .set({ ended_at: now })
    .where("ended_at", "is", null)
    .returning(["id", "device_id", "expires_at"]);
  if ("id" in which) return ending.where("id", "=", which.id);
  if ("pinOf" in which) return ending.where("subject", "=", which.pinOf).where("proof", "=", "pin");
  if ("deviceId" in which) return ending.where("device_id", "=", which.deviceId);
  const theirs = ending.where("subject", "=", which.subject);
  return which.except == null ? theirs : theirs.where("id", "!=", which.except);
}

/** One page of the sessions of somebody that can still be used, newest first; `before` is the id after which it begins. */
export async function listSessions(
  db: Db,
  query: {
    readonly subject: string;
    readonly now: Date;
    readonly before: string | undefined;
    readonly limit: number;
  },
): Promise<readonly (Session & { readonly deviceName: string | null })[]> {
  let statement = db
    .selectFrom("sessions")
    .leftJoin("devices", "devices.id", "sessions.device_id")
    .select([...SESSION_COLUMNS.map((column) => `sessions.${column}` as const), "devices.name as device_name"])
    .where("sessions.subject", "=", query.subject)
    .where("ended_at", "is", null)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", query.now)]))
    .where((eb) =>
      eb.or([
        eb("device_id", "is not", null),
        eb.exists(
          eb
            .selectFrom("refresh_tokens")
            .select("digest")
            .whereRef("session_id", "=", "sessions.id")
            .where("spent_at", "is", null)
            .where((or) =>
              or.or([or("refresh_tokens.expires_at", "is", null), or("refresh_tokens.expires_at", ">", query.now)]),
            ),
        ),
      ]),
    )
    .orderBy("sessions.id", "desc")
    .limit(query.limit);
  if (query.before !== undefined) statement = statement.where("sessions.id", "<", query.before);
  const rows = await statement.execute();
  return rows.map((row) => ({ ...sessionOf(row), deviceName: row.device_name }));
}

/** Removes what nothing asks for any more: sessions long over, and refresh tokens spent long ago. */
export async function purgeSessions(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<", before).execute();
  await db.deleteFrom("sessions").where("ended_at", "<", before).execute();
  await db.deleteFrom("refresh_tokens").where("spent_at", "<", before).execute();
}

function sessionOf(row: Pick<SessionRow, (typeof SESSION_COLUMNS)[number]>): Session {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    proof: row.proof,
    agent: row.agent,
    deviceId: row.device_id,
    lastUsedAt: row.last_used_at,
  };
}
