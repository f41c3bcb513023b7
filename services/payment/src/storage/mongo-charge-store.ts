import { setTimeout as delay } from "node:timers/promises";
import { isId } from "@comanda/primitives";
import { type Collection, type Filter, MongoServerError } from "mongodb";
import type { Charge } from "../domain/charge.ts";
import type { PaymentStore } from "./charge-store.ts";
import { createMongoTrail } from "./mongo-audit-trail.ts";
import { createInserter, type Written } from "./mongo-bulk.ts";
import { connectMongo, type MongoConnection, type MongoOptions } from "./mongo-connection.ts";
import { createMongoNoticeStore } from "./mongo-notice-store.ts";
import { createMongoOutbox } from "./mongo-outbox.ts";
import { createMongoPointOfSaleStore } from "./mongo-point-of-sale-store.ts";
import { createMongoReconciliationStore } from "./mongo-reconciliation-store.ts";
import {
  type ChargeRecord,
  chargeOf,
  eventsOf,
  fieldsOf,
  fieldsOfEvents,
  isOpen,
  newEvents,
  recordOf,
  updateTo,
} from "./mongo-records.ts";
import { createMongoRequestKeyStore, purgeRequestKeys } from "./mongo-request-key-store.ts";
import { createMongoTallyStore } from "./mongo-tally-store.ts";
import { createMongoTroubleStore } from "./mongo-trouble-store.ts";
import { createMongoUpgradeStore } from "./mongo-upgrade-store.ts";
import { dayOf } from "./tally-store.ts";
import { UniqueRuleError } from "./unique-rule-error.ts";

type Charges = Collection<ChargeRecord>;

const DUPLICATE_KEY = 11_000;
/** What beat us may be acknowledged to nobody yet, and so be invisible to a majority read for some ms. */
const TRIES = 10;
const DAY_MS = 86_400_000;

/**
 * Charges in MongoDB, one document each. Every write names the revision it read, and is one write to one document: it
 * needs no transaction, and so no replica set.
 */
export async function openMongoChargeStore(uri: string, options: MongoOptions = {}): Promise<PaymentStore> {
  return createMongoChargeStore(await connectMongo(uri, options));
}

function createMongoChargeStore({
  client,
  db,
  charges,
  notices,
  pointsOfSale,
  reconciliations,
  requestKeys,
  upgrades,
  tallies,
}: MongoConnection): PaymentStore {
  const one = (record: ChargeRecord | null): Charge | null => (record === null ? null : chargeOf(record));
  // Orders come in bursts: charges that arrive together are written together.
  const inserter = createInserter(charges);
  return {
    insert: (charge) => insertOrFindRival(charges, charge, (record) => inserter.submit(record)),
    get: async (id) => (isId(id) ? one(await charges.findOne({ _id: id.toLowerCase() })) : null),
    getByProviderId: async (providerId) => one(await charges.findOne({ providerSlot: providerId })),
    getOpenAtTerminal: async (terminalId) =>
      one(
        await charges.findOne(
          {
            "charge.status": { $in: ["created", "pending", "in_process"] },
            "charge.method": "terminal",
            "charge.place.terminalId": terminalId,
          },
          { sort: { _id: 1 } },
        ),
      ),
    listOfOrder: async (orderId) =>
      (await charges.find({ "charge.orderId": orderId.toLowerCase() }).sort({ "charge.attempt": 1 }).toArray()).map(
        chargeOf,
      ),
    replace: async (charge, expectedVersion) => {
      if (charge.version !== expectedVersion + 1) throw new RangeError("a charge is replaced by its next version");
      return replace(charges, charge, expectedVersion);
    },
    claimDue: (options) => claimDue(charges, options),
    list: async ({ orderId, customerId, status, limit, after }) => {
      const filter: Filter<ChargeRecord> = {
        ...(orderId === undefined ? {} : { "charge.orderId": orderId.toLowerCase() }),
        ...(customerId === undefined ? {} : { "charge.customerId": customerId.toLowerCase() }),
        ...(status === undefined ? {} : { "charge.status": status }),
        ...(after === undefined ? {} : { _id: { $lt: after.toLowerCase() } }),
      };
      return (await charges.find(filter).sort({ _id: -1 }).limit(limit).toArray()).map(chargeOf);
    },
    outbox: createMongoOutbox(charges),
    audit: createMongoTrail(db),
    notices: createMongoNoticeStore(notices),
    pointsOfSale: createMongoPointOfSaleStore(pointsOfSale),
    reconciliations: createMongoReconciliationStore(reconciliations),
    requestKeys: createMongoRequestKeyStore(requestKeys),
    trouble: createMongoTroubleStore(charges),
    upgrades: createMongoUpgradeStore(charges, upgrades),
    tallies: createMongoTallyStore(tallies),
    purge: async ({ days }) => {
      await purgeRequestKeys(requestKeys, days);
      const before = new Date(Date.now() - days * DAY_MS);
      await notices.deleteMany({ doneAt: { $lt: before } });
      await tallies.deleteMany({ _id: { $lt: dayOf(before) } });
    },
    ping: async () => {
      await db.command({ ping: 1 });
    },
    close: () => client.close(),
  };
}

async function insertOrFindRival(
  charges: Charges,
  charge: Charge,
  insert: (record: ChargeRecord) => Promise<Written>,
): Promise<{ inserted: boolean; charge: Charge }> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if ((await insert(recordOf(charge))) === "done") return { inserted: true, charge };
    const rival = await findRival(charges, charge);
    if (rival !== null) return { inserted: false, charge: chargeOf(rival) };
    if (await providerIdIsTaken(charges, charge)) throw new UniqueRuleError("provider_id");
    await delay(2 ** tries);
  }
  throw new Error(`charge ${charge.id} was refused ${TRIES} times by a charge that could not be found`);
}

/** The charge that stands where `charge` wants to stand: same id before same attempt before the order's open one. */
async function findRival(charges: Charges, charge: Charge): Promise<ChargeRecord | null> {
  const { id, orderId, attempt } = charge;
  return (
    (await charges.findOne({ _id: id })) ??
    (await charges.findOne({ "charge.orderId": orderId, "charge.attempt": attempt })) ??
    (isOpen(charge) ? await charges.findOne({ openSlot: orderId }) : null)
  );
}

/**
 * Replaces version and events in one write. The events are the stored ones, which the relay may have moved since the
 * caller read the charge, and those that the charge never had. When only the relay was faster, it is done again.
 */
async function replace(charges: Charges, charge: Charge, expectedVersion: number): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await charges.findOne({ _id: charge.id, "charge.version": expectedVersion });
    if (stored === null) return false;
    const added = charge.unsent.filter(({ id }) => !stored.eventIds.includes(id));
    const update = updateTo({
      ...fieldsOf(charge),
      ...fieldsOfEvents([...eventsOf(stored), ...newEvents(added)]),
      eventIds: [...stored.eventIds, ...added.map(({ id }) => id)],
    });
    try {
      const { matchedCount } = await charges.updateOne({ _id: charge.id, revision: stored.revision }, update);
      if (matchedCount === 1) return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const rule = (await providerIdIsTaken(charges, charge)) ? "provider_id" : "open_charge";
      throw new UniqueRuleError(rule, { cause: error });
    }
    await delay(2 ** tries);
  }
  throw new Error(`charge ${charge.id} changed under each of ${TRIES} tries to replace it`);
}

async function claimDue(
  charges: Charges,
  { now, limit, leaseMs }: { readonly now: Date; readonly limit: number; readonly leaseMs: number },
): Promise<Charge[]> {
  const nextCheckAt = new Date(now.getTime() + leaseMs);
  const due = await charges
    .find({ nextCheckAt: { $lte: now } })
    .sort({ nextCheckAt: 1, _id: 1 })
    .limit(limit)
    .toArray();
  const claimed = await Promise.all(
    due.map(async (record) => {
      const { _id, revision } = record;
      const { matchedCount } = await charges.updateOne({ _id, revision }, updateTo({ nextCheckAt }));
      return matchedCount === 1 ? [chargeOf({ ...record, nextCheckAt })] : [];
    }),
  );
  return claimed.flat();
}

async function providerIdIsTaken(charges: Charges, { id, providerId }: Charge): Promise<boolean> {
  return providerId !== null && (await charges.findOne({ providerSlot: providerId, _id: { $ne: id } })) !== null;
}

function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}
