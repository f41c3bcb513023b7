import { sql } from "kysely";
import { type Email, parseEmail } from "../domain/email.ts";
import type { StaffRole } from "../domain/person.ts";
import type { People } from "./people.ts";
import type { InvitationRow } from "./schema.ts";
import type { Db } from "./sessions.ts";

/** Somebody who is asked to join. */
export type Invitation = {
  readonly id: string;
  readonly role: StaffRole;
  readonly email: Email;
  readonly invitedBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
};

const COLUMNS = [
  "id",
  "role",
  "email_sealed",
  "data_key",
  "invited_by",
  "created_at",
  "expires_at",
  "accepted_at",
  "revoked_at",
] as const;

// Any constant does; it only has to differ from the other advisory locks of this database.
const INVITATION_LOCK = 1_170_412;

/** Lets one transaction at a time look for an invitation and write one down; kept until the transaction ends. */
export async function waitForTurnToInvite(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${INVITATION_LOCK})`.execute(tx);
}

/** Writes an invitation down. */
export async function insertInvitation(
  people: People,
  invitation: Omit<Invitation, "acceptedAt" | "revokedAt">,
  secrets: {
    readonly codeDigest: Buffer;
    readonly creation: { readonly key: Buffer; readonly fingerprint: Buffer } | null;
  },
): Promise<void> {
  const { personalData, db } = people;
  const { id, email } = invitation;
  const dataKey = personalData.newKey(id);
  const row: InvitationRow = {
    id,
    role: invitation.role,
    email_sealed: personalData.keyOf(id, dataKey).seal("email", email.reveal()),
    data_key: dataKey,
    email_index: personalData.index("invitation", email.reveal()),
    code_digest: secrets.codeDigest,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt,
    accepted_at: null,
    revoked_at: null,
    creation_key: secrets.creation?.key ?? null,
    creation_fingerprint: secrets.creation?.fingerprint ?? null,
  };
  await db.insertInto("invitations").values(row).execute();
}

/** The invitation that a request made, and what it said then. */
export async function findCreatedInvitation(
  people: People,
  key: Buffer,
): Promise<{ readonly invitation: Invitation; readonly fingerprint: Buffer } | null> {
  const row = await people.db
    .selectFrom("invitations")
    .select([...COLUMNS, "creation_fingerprint"])
    .where("creation_key", "=", key)
    .executeTakeFirst();
  if (row === undefined || row.creation_fingerprint === null) return null;
  return { invitation: invitationOf(people, row), fingerprint: row.creation_fingerprint };
}

/** The open invitation that a code belongs to. */
export async function findOpenInvitation(people: People, codeDigest: Buffer, now: Date): Promise<Invitation | null> {
  const row = await openByCode(people.db, codeDigest, now).executeTakeFirst();
  return row === undefined ? null : invitationOf(people, row);
}

/** The same, locked until the transaction ends. */
export async function lockInvitation(people: People, codeDigest: Buffer, now: Date): Promise<Invitation | null> {
  const row = await openByCode(people.db, codeDigest, now).forUpdate().executeTakeFirst();
  return row === undefined ? null : invitationOf(people, row);
}

function openByCode(db: Db, codeDigest: Buffer, now: Date) {
  return db
    .selectFrom("invitations")
    .select(COLUMNS)
    .where("code_digest", "=", codeDigest)
    .where("expires_at", ">", now)
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null);
}

export async function findInvitation(people: People, id: string): Promise<Invitation | null> {
  const row = await people.db.selectFrom("invitations").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : invitationOf(people, row);
}

export async function markInvitationAccepted(tx: Db, id: string, at: Date): Promise<void> {
  await tx.updateTable("invitations").set({ accepted_at: at }).where("id", "=", id).execute();
}

/** Takes an open invitation back. */
export async function revokeInvitation(db: Db, id: string, at: Date): Promise<void> {
  const open = db.updateTable("invitations").set({ revoked_at: at }).where("accepted_at", "is", null);
  await open.where("revoked_at", "is", null).where("id", "=", id).execute();
}

/** Takes back whatever is open for an address: the newest invitation is the one that counts. */
export async function revokeInvitationsTo(people: People, email: Email, at: Date): Promise<void> {
  await people.db
    .updateTable("invitations")
    .set({ revoked_at: at })
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null)
    .where("email_index", "in", people.personalData.indexes("invitation", email.reveal()))
    .execute();
}

/** Takes back whatever somebody has asked others by: who may not come in any more lets nobody in either. */
export async function revokeInvitationsBy(tx: Db, personId: string, at: Date): Promise<void> {
  const open = tx.updateTable("invitations").set({ revoked_at: at }).where("accepted_at", "is", null);
  await open.where("revoked_at", "is", null).where("invited_by", "=", personId).execute();
}

/** One page of invitations that are open or were accepted, newest first; `before` is the id after which it begins. */
export async function listInvitations(
  people: People,
  page: { readonly roles: readonly StaffRole[]; readonly before: string | undefined; readonly limit: number },
): Promise<Invitation[]> {
  let statement = people.db
    .selectFrom("invitations")
    .select(COLUMNS)
    .where("role", "in", page.roles)
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.before !== undefined) statement = statement.where("id", "<", page.before);
  return (await statement.execute()).map((row) => invitationOf(people, row));
}

/** Removes invitations whose end is long past, with the e-mail in them. */
export async function purgeInvitations(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("invitations").where("expires_at", "<", before).execute();
}

function invitationOf({ personalData }: People, row: Pick<InvitationRow, (typeof COLUMNS)[number]>): Invitation {
  const email = parseEmail(personalData.keyOf(row.id, row.data_key).open("email", row.email_sealed));
  if (!email.ok) throw new Error(`invitation ${row.id} has an e-mail that is none`);
  return {
    id: row.id,
    role: row.role,
    email: email.value,
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
    revokedAt: row.revoked_at,
  };
}
