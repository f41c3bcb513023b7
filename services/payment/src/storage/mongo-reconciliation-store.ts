import { setTimeout as delay } from "node:timers/promises";
import { type Collection, type Filter, MongoServerError } from "mongodb";
import type { Reconciliation, ReconciliationReport } from "../domain/reconciliation.ts";
import { decodeItems, decodeSummary } from "./reconciliation-document.ts";
import type { ReconciliationRequest, ReconciliationStore, RunOutcome } from "./reconciliation-store.ts";

/** A run as a document of the collection `reconciliations`. */
export type RunRecord = Omit<Reconciliation, "id" | "summary"> & {
  readonly _id: string;
  readonly key: string;
  /** The day while the run has not ended, else a value of its own: one run of a day at a time. */
  readonly daySlot: string;
  /** The same word for whoever runs, else a value of its own: one run at all. */
  readonly runningSlot: string;
  /** When it may be taken: once queued, or when the lease of its process is over. Left out once it has ended. */
  readonly availableAt?: Date;
  /** Both as JSON text. */
  readonly summary: string | null;
  readonly items?: string;
};

type Runs = Collection<RunRecord>;

const DUPLICATE_KEY = 11_000;
const REQUEST_TRIES = 10;
const RUNNING = "running";

/** Comparisons with the provider in the collection `reconciliations`; leases are by the clock of the process. */
export function createMongoReconciliationStore(runs: Runs): ReconciliationStore {
  return {
    request: (request) => requestRun(runs, request),
    claim: (options) => claimRun(runs, options),
    renew: async ({ id, attempts }, { leaseMs }) => {
      const lease = { $set: { availableAt: new Date(Date.now() + leaseMs) } };
      const { matchedCount } = await runs.updateOne({ _id: id, attempts, status: "running" }, lease);
      return matchedCount === 1;
    },
    settle: async ({ id, attempts }, outcome) => {
      const { matchedCount } = await runs.updateOne({ _id: id, attempts, status: "running" }, settled(id, outcome));
      return matchedCount === 1;
    },
    get: async (id) => {
      const record = await runs.findOne({ _id: id.toLowerCase() });
      return record === null ? null : reportOf(record);
    },
    list: async ({ limit, after }) => {
      const filter: Filter<RunRecord> = after === undefined ? {} : { _id: { $lt: after.toLowerCase() } };
      const records = await runs
        .find(filter, { projection: { items: 0 } })
        .sort({ _id: -1 })
        .limit(limit)
        .toArray();
      return records.map(runOf);
    },
  };
}

async function requestRun(runs: Runs, request: ReconciliationRequest): ReturnType<ReconciliationStore["request"]> {
  const record = recordOf(request);
  for (let tries = 0; tries < REQUEST_TRIES; tries += 1) {
    try {
      await runs.insertOne(record);
      return { outcome: "new", run: runOf(record) };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const same = await runs.findOne({ key: request.key });
    if (same !== null) return { outcome: "same-key", run: runOf(same) };
    const underWay = await runs.findOne({ daySlot: request.day });
    if (underWay !== null) return { outcome: "under-way", run: runOf(underWay) };
    // Who beat us may not be acknowledged by the majority yet, or has ended meanwhile.
    await delay(2 ** tries);
  }
  throw new Error(`a reconciliation of ${request.day} was refused ${REQUEST_TRIES} times by one that is not there`);
}

async function claimRun(runs: Runs, { leaseMs }: { readonly leaseMs: number }): Promise<Reconciliation | null> {
  const now = new Date();
  const due = (status: "running" | "queued") =>
    runs.findOne({ status, availableAt: { $lte: now } }, { sort: { _id: 1 } });
  const record = (await due("running")) ?? (await due("queued"));
  if (record === null || record.availableAt === undefined) return null;
  const { _id, attempts, availableAt, status } = record;
  const started = record.startedAt ?? now;
  const change = {
    status: "running",
    attempts: attempts + 1,
    reason: null,
    startedAt: started,
    runningSlot: RUNNING,
    availableAt: new Date(now.getTime() + leaseMs),
  } as const;
  try {
    // The change names what it saw: whoever was faster has moved it.
    const { matchedCount } = await runs.updateOne({ _id, attempts, availableAt, status }, { $set: change });
    return matchedCount === 1 ? runOf({ ...record, ...change }) : null;
  } catch (error) {
    // Something else is running.
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

function settled(id: string, outcome: RunOutcome) {
  const idle = `idle:${id}`;
  if (outcome.kind === "again") {
    const availableAt = new Date(Date.now() + outcome.retryInMs);
    return { $set: { status: "queued" as const, reason: outcome.reason, runningSlot: idle, availableAt } };
  }
  const ended = { daySlot: `ended:${id}`, runningSlot: idle, finishedAt: new Date() };
  const $unset = { availableAt: "" as const };
  if (outcome.kind === "failed") {
    return { $set: { ...ended, status: "failed" as const, reason: outcome.reason }, $unset };
  }
  const found = { summary: JSON.stringify(outcome.summary), items: JSON.stringify(outcome.items) };
  return { $set: { ...ended, ...found, status: "done" as const }, $unset };
}

function recordOf({ id, key, day, trigger, requestedAt }: ReconciliationRequest): RunRecord {
  return {
    _id: id,
    key,
    day,
    trigger,
    status: "queued",
    attempts: 0,
    requestedAt,
    startedAt: null,
    finishedAt: null,
    reason: null,
    summary: null,
    daySlot: day,
    runningSlot: `idle:${id}`,
    availableAt: new Date(),
  };
}

function runOf(record: RunRecord): Reconciliation {
  const { _id: id, day, trigger, status, attempts, requestedAt, startedAt, finishedAt, reason } = record;
  const summary = decodeSummary(parse(record.summary));
  return { id, day, trigger, status, attempts, requestedAt, startedAt, finishedAt, reason, summary };
}

function reportOf(record: RunRecord): ReconciliationReport {
  return { ...runOf(record), items: decodeItems(parse(record.items ?? null)) };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}
