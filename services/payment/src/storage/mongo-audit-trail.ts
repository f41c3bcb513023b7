import { setTimeout as delay } from "node:timers/promises";
import {
  AUDIT_BEGINNING,
  type AuditCut,
  type AuditEntry,
  type AuditHead,
  type AuditKeys,
  type AuditRow,
  type AuditTrail,
  chainEntry,
  keysOf,
} from "@comanda/audit";
import { createGatherer } from "@comanda/postgres";
import { type Collection, type Db, type Filter, MongoServerError } from "mongodb";

/** A row of the collection `audit_trail`; the fields beside `content` are read out of it, for searching. */
type AuditRecord = AuditKeys & { readonly _id: number; readonly content: string; readonly hash: string };
type HeadRecord = { readonly _id: string; readonly seq: number; readonly hash: string };

const DUPLICATE_KEY = 11_000;
const TRIES = 50;
const HEAD = "head";
const ANCHOR = "anchor";

/**
 * The audit trail in MongoDB. A row's place is its `_id`: of two processes that would write the same place one is
 * refused, and goes behind the other. The head is noted after the row, so that rows cut off the end are missed. MongoDB
 * has no trigger that keeps rows from being changed: give the service an account without the right to.
 */
export function createMongoTrail(db: Db): AuditTrail {
  const rows = db.collection<AuditRecord>("audit_trail");
  const heads = db.collection<HeadRecord>("audit_head");
  const gatherer = createGatherer<AuditEntry, null>({
    batchMax: 50,
    inFlightMax: 1,
    run: async (entries) => {
      for (const entry of entries) await add({ rows, heads }, entry);
      return entries.map(() => null);
    },
  });
  return {
    append: async (entry) => {
      await gatherer.submit(entry);
    },
    list: async (query) => {
      const { before, action, outcome, actorId, targetId, from, to, limit } = query;
      const at = {
        ...(from === undefined ? {} : { $gte: from.toISOString() }),
        ...(to === undefined ? {} : { $lt: to.toISOString() }),
      };
      const filter: Filter<AuditRecord> = {
        ...(before === undefined ? {} : { _id: { $lt: before } }),
        ...(action === undefined ? {} : { action }),
        ...(outcome === undefined ? {} : { outcome }),
        ...(actorId === undefined ? {} : { actorId }),
        ...(targetId === undefined ? {} : { targetId }),
        ...(Object.keys(at).length === 0 ? {} : { at }),
      };
      return (await rows.find(filter).sort({ _id: -1 }).limit(limit).toArray()).map(rowOf);
    },
    read: async (after, limit) => {
      const found = rows.find({ _id: { $gt: after } }).sort({ _id: 1 });
      return (await found.limit(limit).toArray()).map((record) => ({ ...keysIn(record), ...rowOf(record) }));
    },
    head: async () => {
      const [noted, last] = await Promise.all([heads.findOne({ _id: HEAD }), lastOf(rows)]);
      // A process that died between row and head leaves the head one behind.
      return noted === null || noted.seq < last.seq ? last : placeOf(noted);
    },
    anchor: () => anchorOf(heads),
    cut: (wanted) => cut({ rows, heads, append: gatherer.submit }, wanted),
  };
}

/**
 * Said in the trail, noted where what is kept begins, and then done: a process that dies in between leaves rows that the
 * verifier does not look at, and that go the next time.
 */
async function cut(
  store: {
    readonly rows: Collection<AuditRecord>;
    readonly heads: Collection<HeadRecord>;
    readonly append: (entry: AuditEntry) => Promise<unknown>;
  },
  { before, limit, noteOf }: AuditCut,
): Promise<number> {
  const { rows, heads, append } = store;
  const from = (await anchorOf(heads)).seq;
  const young = { _id: { $gt: from }, at: { $gte: before.toISOString() } };
  const [firstYoung] = await rows.find(young).sort({ _id: 1 }).limit(1).toArray();
  const stays = firstYoung?._id ?? (await lastOf(rows)).seq;
  const old = { _id: { $gt: from, $lte: from + limit, $lt: stays } };
  const [last] = await rows.find(old).sort({ _id: -1 }).limit(1).toArray();
  if (last === undefined) return 0;
  const end = rowOf(last);
  await append(noteOf({ rows: end.seq - from, end }));
  await raise(heads, ANCHOR, end);
  await rows.deleteMany({ _id: { $lte: end.seq } });
  return end.seq - from;
}

async function anchorOf(heads: Collection<HeadRecord>): Promise<AuditHead> {
  const noted = await heads.findOne({ _id: ANCHOR });
  return noted === null ? AUDIT_BEGINNING : placeOf(noted);
}

async function add(
  { rows, heads }: { readonly rows: Collection<AuditRecord>; readonly heads: Collection<HeadRecord> },
  entry: AuditEntry,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const row = chainEntry(await lastOf(rows), entry);
    try {
      await rows.insertOne(recordOf(row, entry));
      await raise(heads, HEAD, row);
      return;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // Who was faster may be acknowledged to nobody yet, and so be invisible to a majority read for some ms.
      await delay(2 + tries);
    }
  }
  throw new Error(`an entry of the audit trail lost its place ${TRIES} times`);
}

/** Notes where the chain ends, or begins. */
async function raise(
  heads: Collection<HeadRecord>,
  which: typeof HEAD | typeof ANCHOR,
  { seq, hash }: AuditHead,
): Promise<void> {
  try {
    const set = { $set: { seq, hash: hash.toString("hex") } };
    await heads.updateOne({ _id: which, seq: { $lt: seq } }, set, { upsert: true });
  } catch (error) {
    // Somebody has noted a later one.
    if (!isDuplicate(error)) throw error;
  }
}

async function lastOf(rows: Collection<AuditRecord>): Promise<AuditHead> {
  const [last] = await rows.find().sort({ _id: -1 }).limit(1).toArray();
  return last === undefined ? AUDIT_BEGINNING : rowOf(last);
}

function recordOf({ seq, content, hash }: AuditRow, entry: AuditEntry): AuditRecord {
  return { _id: seq, content, hash: hash.toString("hex"), ...keysOf(entry) };
}

function rowOf({ _id, content, hash }: AuditRecord): AuditRow {
  return { seq: _id, content, hash: Buffer.from(hash, "hex") };
}

function placeOf({ seq, hash }: HeadRecord): AuditHead {
  return { seq, hash: Buffer.from(hash, "hex") };
}

function keysIn({ at, action, outcome, actorId, targetId }: AuditRecord): AuditKeys {
  return { at, action, outcome, actorId, targetId };
}

function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}
