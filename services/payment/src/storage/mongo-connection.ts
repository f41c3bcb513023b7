import { type Collection, type CommandStartedEvent, type Db, type IndexDescription, MongoClient } from "mongodb";
import type { PointOfSaleRecord } from "./mongo-point-of-sale-store.ts";
import type { RunRecord } from "./mongo-reconciliation-store.ts";
import type { ChargeRecord, NoticeRecord } from "./mongo-records.ts";
import type { RequestKeyRecord } from "./mongo-request-key-store.ts";
import type { TallyRecord } from "./mongo-tally-store.ts";
import type { UpgradeRecord } from "./mongo-upgrade-store.ts";

/** The collections of the store, and the connection they are reached by. */
export type MongoConnection = {
  readonly client: MongoClient;
  readonly db: Db;
  readonly charges: Collection<ChargeRecord>;
  readonly notices: Collection<NoticeRecord>;
  readonly pointsOfSale: Collection<PointOfSaleRecord>;
  readonly reconciliations: Collection<RunRecord>;
  readonly requestKeys: Collection<RequestKeyRecord>;
  readonly upgrades: Collection<UpgradeRecord>;
  readonly tallies: Collection<TallyRecord>;
};

/** How to speak to MongoDB. */
export type MongoOptions = {
  /** How long to look for a server that takes writes before an operation fails, in ms; default 5 000. */
  readonly patienceMs?: number;
  /** Told of every command before it goes out. */
  readonly onCommand?: (event: CommandStartedEvent) => void;
};

const DEFAULT_DATABASE = "comanda_payment";

// Unique indexes hold slots that are never empty (mongo-records.ts); sparse ones hold only what waits.
const chargeIndexes: IndexDescription[] = [
  { name: "order_attempt", key: { "charge.orderId": 1, "charge.attempt": 1 }, unique: true },
  { name: "provider_slot", key: { providerSlot: 1 }, unique: true },
  { name: "open_slot", key: { openSlot: 1 }, unique: true },
  { name: "next_check", key: { nextCheckAt: 1 }, sparse: true },
  { name: "event_due", key: { eventDueAt: 1 }, sparse: true },
  { name: "event_waiting", key: { eventWaitingSince: 1 }, sparse: true },
  { name: "has_parked", key: { hasParked: 1 }, sparse: true },
  { name: "customer", key: { "charge.customerId": 1, _id: -1 } },
  { name: "status", key: { "charge.status": 1, _id: -1 } },
  { name: "is_unclear", key: { isUnclear: 1 }, sparse: true },
  { name: "refund_status", key: { "charge.refunds.status": 1 }, sparse: true },
];

const noticeIndexes: IndexDescription[] = [
  { name: "dedupe_key", key: { dedupeKey: 1 }, unique: true },
  { name: "available", key: { availableAt: 1 }, sparse: true },
  { name: "done", key: { doneAt: 1 }, sparse: true },
];

const reconciliationIndexes: IndexDescription[] = [
  { name: "key", key: { key: 1 }, unique: true },
  { name: "day_slot", key: { daySlot: 1 }, unique: true },
  { name: "running_slot", key: { runningSlot: 1 }, unique: true },
  { name: "available", key: { availableAt: 1 }, sparse: true },
];

/**
 * Connects and makes the indexes that are missing. Whatever the address says, writes are acknowledged by the majority
 * and its journals, and reads are of what the majority holds, from the primary (reliability PA-24); retryable writes
 * are on unless the address turns them off for a server that has none.
 * @throws Error when no server can be reached in time, or an index cannot be made
 */
export async function connectMongo(uri: string, options: MongoOptions): Promise<MongoConnection> {
  const { patienceMs = 5_000, onCommand } = options;
  const client = new MongoClient(uri, {
    appName: "comanda-payment",
    writeConcern: { w: "majority", journal: true },
    readConcern: { level: "majority" },
    readPreference: "primary",
    connectTimeoutMS: 5_000,
    serverSelectionTimeoutMS: patienceMs,
    socketTimeoutMS: 15_000,
    monitorCommands: onCommand !== undefined,
  });
  if (onCommand !== undefined) client.on("commandStarted", onCommand);
  try {
    const db = client.db(databaseOf(uri));
    const charges = db.collection<ChargeRecord>("charges");
    const notices = db.collection<NoticeRecord>("notices");
    const reconciliations = db.collection<RunRecord>("reconciliations");
    // One by one: FerretDB fails when several of one command are there already.
    for (const index of chargeIndexes) await charges.createIndexes([index]);
    for (const index of noticeIndexes) await notices.createIndexes([index]);
    for (const index of reconciliationIndexes) await reconciliations.createIndexes([index]);
    const requestKeys = db.collection<RequestKeyRecord>("request_keys");
    await requestKeys.createIndexes([{ name: "first_at", key: { firstAt: 1 } }]);
    const pointsOfSale = db.collection<PointOfSaleRecord>("points_of_sale");
    const upgrades = db.collection<UpgradeRecord>("charge_upgrades");
    const tallies = db.collection<TallyRecord>("tallies");
    return { client, db, charges, notices, pointsOfSale, reconciliations, requestKeys, upgrades, tallies };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function databaseOf(uri: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  return name === undefined ? DEFAULT_DATABASE : decodeURIComponent(name);
}
