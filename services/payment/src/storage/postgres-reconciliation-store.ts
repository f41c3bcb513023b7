import { isUniqueViolation } from "@comanda/postgres";
import { isId } from "@comanda/primitives";
import { sql } from "kysely";
import type { Reconciliation, ReconciliationReport, RunStatus } from "../domain/reconciliation.ts";
import type { Db } from "./postgres-charge-statements.ts";
import { decodeItems, decodeSummary } from "./reconciliation-document.ts";
import type { ReconciliationRequest, ReconciliationStore, RunAttempt, RunOutcome } from "./reconciliation-store.ts";

type Row = Omit<Reconciliation, "summary" | "status" | "trigger"> & {
  readonly status: string;
  readonly trigger: string;
  readonly summary: unknown;
};

const columns = sql`
  id, day::text as day, started_by as trigger, status, attempts, requested_at as "requestedAt",
  started_at as "startedAt", finished_at as "finishedAt", reason, summary`;

/** Between a refused insert and the look for who was first, the rival may have ended; then the way may be free. */
const REQUEST_TRIES = 5;

/** Comparisons with the provider in the table `reconciliations`. */
export function createPostgresReconciliationStore(db: Db): ReconciliationStore {
  return {
    request: (request) => requestRun(db, request),
    claim: (options) => claimRun(db, options),
    renew: async ({ id, attempts }, { leaseMs }) => {
      const { numAffectedRows } = await sql`
        update reconciliations set lease_until = now() + ${leaseMs} * interval '1 millisecond'
        where id = ${id} and attempts = ${attempts} and status = 'running'`.execute(db);
      return numAffectedRows === 1n;
    },
    settle: (run, outcome) => settleRun(db, run, outcome),
    get: async (id) => {
      if (!isId(id)) return null;
      const { rows } = await sql<Row & { items: unknown }>`
        select ${columns}, items from reconciliations where id = ${id}`.execute(db);
      return rows[0] === undefined ? null : reportOf(rows[0]);
    },
    list: async ({ limit, after }) => {
      const where = after === undefined ? sql`true` : sql`id < ${after}`;
      const { rows } = await sql<Row>`
        select ${columns} from reconciliations where ${where} order by id desc limit ${limit}`.execute(db);
      return rows.map(runOf);
    },
  };
}

async function requestRun(db: Db, request: ReconciliationRequest): ReturnType<ReconciliationStore["request"]> {
  const { id, day, trigger, key, requestedAt } = request;
  for (let tries = 0; tries < REQUEST_TRIES; tries += 1) {
    const { rows } = await sql<Row>`
      insert into reconciliations (id, key, day, started_by, requested_at, status)
      values (${id}, ${key}, ${day}::date, ${trigger}, ${requestedAt}, 'queued')
      on conflict do nothing returning ${columns}`.execute(db);
    if (rows[0] !== undefined) return { outcome: "new", run: runOf(rows[0]) };
    const rival = await sql<Row & { isSame: boolean }>`
      select ${columns}, key = ${key} as "isSame" from reconciliations
      where key = ${key} or (day = ${day}::date and status in ('queued', 'running'))
      order by key = ${key} desc limit 1`.execute(db);
    const [found] = rival.rows;
    if (found !== undefined) return { outcome: found.isSame ? "same-key" : "under-way", run: runOf(found) };
  }
  throw new Error(`a reconciliation of ${day} was refused ${REQUEST_TRIES} times by one that could not be found`);
}

async function claimRun(db: Db, { leaseMs }: { readonly leaseMs: number }): Promise<Reconciliation | null> {
  try {
    // What was left behind comes before what is new, and nothing new begins while something runs.
    const { rows } = await sql<Row>`
      update reconciliations set status = 'running', attempts = attempts + 1, reason = null,
        lease_until = now() + ${leaseMs} * interval '1 millisecond', started_at = coalesce(started_at, now())
      where id = (
        select id from reconciliations
        where (status = 'running' and lease_until < now())
          or (status = 'queued' and available_at <= now()
            and not exists (select 1 from reconciliations where status = 'running'))
        order by status = 'running' desc, id
        limit 1
        for update skip locked)
      returning ${columns}`.execute(db);
    return rows[0] === undefined ? null : runOf(rows[0]);
  } catch (error) {
    // Another process began one in the same moment.
    if (isUniqueViolation(error, "reconciliations_running")) return null;
    throw error;
  }
}

async function settleRun(db: Db, { id, attempts }: RunAttempt, outcome: RunOutcome): Promise<boolean> {
  const change =
    outcome.kind === "done"
      ? sql`status = 'done', finished_at = now(), summary = ${JSON.stringify(outcome.summary)}::json,
          items = ${JSON.stringify(outcome.items)}::json`
      : outcome.kind === "failed"
        ? sql`status = 'failed', finished_at = now(), reason = ${outcome.reason}`
        : sql`status = 'queued', reason = ${outcome.reason},
            available_at = now() + ${outcome.retryInMs} * interval '1 millisecond'`;
  const { numAffectedRows } = await sql`
    update reconciliations set lease_until = null, ${change}
    where id = ${id} and attempts = ${attempts} and status = 'running'`.execute(db);
  return numAffectedRows === 1n;
}

const STATUSES: readonly RunStatus[] = ["queued", "running", "done", "failed"];

function runOf({ status, trigger, summary, ...row }: Row): Reconciliation {
  const known = STATUSES.find((one) => one === status);
  if (known === undefined) throw new Error(`a reconciliation cannot be ${status}`);
  return {
    id: row.id,
    day: row.day,
    trigger: trigger === "daily" ? "daily" : "person",
    status: known,
    attempts: row.attempts,
    requestedAt: row.requestedAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    reason: row.reason,
    summary: decodeSummary(summary),
  };
}

function reportOf({ items, ...row }: Row & { readonly items: unknown }): ReconciliationReport {
  return { ...runOf(row), items: decodeItems(items) };
}
