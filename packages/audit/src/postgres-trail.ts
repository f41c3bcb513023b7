import { createGatherer } from "@comanda/postgres";
import { type Kysely, sql } from "kysely";
import { type AuditEntry, type AuditHead, type AuditKeys, type AuditRow, chainEntry } from "./entry.ts";
import type { AuditCut, AuditQuery, AuditTrail } from "./trail.ts";

/**
 * Adds entries in the transaction of the act they speak of: both are true or neither. To be the last thing that the
 * transaction does, since everybody who adds waits for its end; then nobody waits for a lock while holding this one.
 */
export async function noteInAudit<Schema>(tx: Kysely<Schema>, ...entries: readonly AuditEntry[]): Promise<void> {
  const locked = await sql<AuditHead>`select seq, hash from audit_head for update`.execute(tx);
  let head = locked.rows[0];
  if (head === undefined) throw new Error("the audit trail has lost its head");
  const rows: AuditRow[] = [];
  for (const entry of entries) {
    const row = chainEntry(head, entry);
    rows.push(row);
    head = row;
  }
  await sql`
    insert into audit_trail (seq, content, hash)
    select * from unnest(${rows.map(({ seq }) => seq)}::bigint[], ${rows.map(({ content }) => content)}::text[],
                         ${rows.map(({ hash }) => hash)}::bytea[])`.execute(tx);
  await sql`update audit_head set seq = ${head.seq}, hash = ${head.hash}`.execute(tx);
}

const BATCH_MAX = 200;

/** The trail in the tables of `sql/`. Entries that come together are added together. */
export function createPostgresTrail<Schema>(db: Kysely<Schema>): AuditTrail {
  const gatherer = createGatherer<AuditEntry, null>({
    batchMax: BATCH_MAX,
    // They would wait for each other in the database.
    inFlightMax: 1,
    run: async (entries) => {
      await db.transaction().execute((tx) => noteInAudit(tx, ...entries));
      return entries.map(() => null);
    },
  });
  return {
    append: async (entry) => {
      await gatherer.submit(entry);
    },
    list: (query) => list(db, query),
    read: async (after, limit) => {
      const read = sql<AuditRow & AuditKeys>`
        select seq, content, hash, at, action, outcome, actor_id as "actorId", target_id as "targetId"
        from audit_trail where seq > ${after} order by seq limit ${limit}`;
      return (await read.execute(db)).rows;
    },
    head: async () => {
      const { rows } = await sql<AuditHead>`select seq, hash from audit_head`.execute(db);
      if (rows[0] === undefined) throw new Error("the audit trail has lost its head");
      return rows[0];
    },
    anchor: async () => anchorOf((await sql<AuditHead>`select seq, hash from audit_anchor`.execute(db)).rows),
    cut: (wanted) => db.transaction().execute((tx) => cut(tx, wanted)),
  };
}

/** Whether the rows are old enough the database looks for itself (`sql/0002_cut_audit_trail.sql`). */
async function cut<Schema>(tx: Kysely<Schema>, { before, limit, noteOf }: AuditCut): Promise<number> {
  const held = await sql<AuditHead>`select seq, hash from audit_anchor for update`.execute(tx);
  const { seq: from } = anchorOf(held.rows);
  const found = await sql<AuditHead>`
    select seq, hash from audit_trail
    where seq > ${from} and seq <= ${from + limit} and seq < coalesce(
      (select seq from audit_trail where seq > ${from} and at >= ${before.toISOString()} order by seq limit 1),
      (select seq from audit_head))
    order by seq desc limit 1`.execute(tx);
  const end = found.rows[0];
  if (end === undefined) return 0;
  await sql`update audit_anchor set seq = ${end.seq}, hash = ${end.hash}`.execute(tx);
  await sql`delete from audit_trail where seq <= ${end.seq}`.execute(tx);
  const rows = end.seq - from;
  await noteInAudit(tx, noteOf({ rows, end }));
  return rows;
}

function anchorOf([anchor]: readonly AuditHead[]): AuditHead {
  if (anchor === undefined) throw new Error("the audit trail has lost its anchor");
  return anchor;
}

async function list<Schema>(db: Kysely<Schema>, query: AuditQuery): Promise<readonly AuditRow[]> {
  const { before, action, outcome, actorId, targetId, from, to, limit } = query;
  const wanted = [
    before === undefined ? null : sql`seq < ${before}`,
    action === undefined ? null : sql`action = ${action}`,
    outcome === undefined ? null : sql`outcome = ${outcome}`,
    actorId === undefined ? null : sql`actor_id = ${actorId}`,
    targetId === undefined ? null : sql`target_id = ${targetId}`,
    // As they are written, times sort as texts do.
    from === undefined ? null : sql`at >= ${from.toISOString()}`,
    to === undefined ? null : sql`at < ${to.toISOString()}`,
  ].filter((condition) => condition !== null);
  const where = wanted.length === 0 ? sql`` : sql`where ${sql.join(wanted, sql` and `)}`;
  const read = sql<AuditRow>`select seq, content, hash from audit_trail ${where} order by seq desc limit ${limit}`;
  return (await read.execute(db)).rows;
}
