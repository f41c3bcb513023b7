import { setTimeout as delay } from "node:timers/promises";
import type { ClaimedEvent, OutboxStore, ParkedEvent } from "@comanda/messaging";
import type { Collection } from "mongodb";
import type { UnsentEvent } from "../domain/charge.ts";
import { type ChargeRecord, eventsOf, fieldsOfEvents, updateTo } from "./mongo-records.ts";
import { leaseOldest, settleEvent, unparkEvent } from "./unsent-events.ts";

type Charges = Collection<ChargeRecord>;
type Stored = Pick<ChargeRecord, "_id" | "revision" | "unsent">;

const TRIES = 20;
const CLAIM_ROUNDS = 3;
const projection = { revision: 1, unsent: 1 } as const;

/**
 * The unsent events inside the charges. Each change of them names the revision of the document it read, so a writer of
 * the charge and any number of relays never undo each other's work; leases are by the clock of the process.
 */
export function createMongoOutbox(charges: Charges): OutboxStore {
  return {
    claim: async (options) => {
      for (let round = 1; ; round += 1) {
        const { seen, claimed } = await claimOnce(charges, options);
        // Beaten to everything it saw by another relay, it looks again: there may be more.
        if (claimed.length > 0 || seen === 0 || round === CLAIM_ROUNDS) return claimed;
      }
    },
    settle: async ({ id, subject }, delivery) => {
      await amendEvents(charges, subject, (events) => settleEvent(events, { id, delivery, now: new Date() }));
    },
    listParked: async (limit) => {
      const records = await charges.find({ hasParked: true }, { projection }).sort({ _id: 1 }).limit(limit).toArray();
      return records.flatMap(parkedOf).slice(0, limit);
    },
    retryParked: async (id) => {
      const record = await charges.findOne({ hasParked: true, eventIds: id }, { projection });
      if (record === null) return false;
      return amendEvents(charges, record._id, (events) => unparkEvent(events, { id, now: new Date() }));
    },
    oldestWaitingSeconds: async () => {
      const now = new Date();
      const oldest = await charges.findOne(
        { eventWaitingSince: { $lte: now } },
        { projection: { eventWaitingSince: 1 }, sort: { eventWaitingSince: 1 } },
      );
      return oldest?.eventWaitingSince === undefined ? 0 : (now.getTime() - oldest.eventWaitingSince.getTime()) / 1_000;
    },
  };
}

async function claimOnce(
  charges: Charges,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<{ readonly seen: number; readonly claimed: ClaimedEvent[] }> {
  const now = new Date();
  const due = await charges
    .find({ eventDueAt: { $lte: now } }, { projection })
    .sort({ eventDueAt: 1, _id: 1 })
    .limit(limit)
    .toArray();
  const claimed = await Promise.all(due.map((record) => leaseIn(charges, record, { now, leaseMs })));
  return { seen: due.length, claimed: claimed.flat() };
}

async function leaseIn(
  charges: Charges,
  record: Stored,
  options: { readonly now: Date; readonly leaseMs: number },
): Promise<ClaimedEvent[]> {
  const lease = leaseOldest(eventsOf(record), options);
  if (lease === null || !(await writeEvents(charges, record, lease.events))) return [];
  const { id, type, data, traceparent, attempts, at } = lease.leased;
  return [{ id, type, subject: record._id, time: at, data, traceparent, attempts }];
}

/** Changes the events of a charge as they are now. `false` when there was nothing to change. */
async function amendEvents(
  charges: Charges,
  chargeId: string,
  change: (events: readonly UnsentEvent[]) => readonly UnsentEvent[] | null,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const record = await charges.findOne({ _id: chargeId }, { projection });
    const changed = record === null ? null : change(eventsOf(record));
    if (record === null || changed === null) return false;
    if (await writeEvents(charges, record, changed)) return true;
    await delay(Math.min(2 ** tries, 200));
  }
  throw new Error(`the events of charge ${chargeId} changed under each of ${TRIES} tries to write them`);
}

async function writeEvents(charges: Charges, record: Stored, events: readonly UnsentEvent[]): Promise<boolean> {
  const { _id, revision } = record;
  const { matchedCount } = await charges.updateOne({ _id, revision }, updateTo(fieldsOfEvents(events)));
  return matchedCount === 1;
}

function parkedOf(record: Stored): ParkedEvent[] {
  return eventsOf(record).flatMap(({ id, type, attempts, lastError, parkedAt }) =>
    parkedAt === null ? [] : [{ id, type, subject: record._id, attempts, reason: lastError ?? "", parkedAt }],
  );
}
