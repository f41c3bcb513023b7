import { createPostgresTrail } from "@comanda/audit";
import { createPostgresOutbox, type OutboxStore, purgeOutbox } from "@comanda/messaging";
import { createDatabase, createGatherer, isUniqueViolation, type Pool } from "@comanda/postgres";
import { isId } from "@comanda/primitives";
import { sql } from "kysely";
import type { Charge } from "../domain/charge.ts";
import { decodeCharge } from "./charge-document.ts";
import type { PaymentStore } from "./charge-store.ts";
import {
  claimDueCharges,
  type Db,
  type Schema,
  selectCharge,
  selectChargeByProviderId,
  selectCharges,
  selectChargesOfOrder,
  selectOpenAtTerminal,
  selectRival,
} from "./postgres-charge-statements.ts";
import { insertCharges, updateCharge } from "./postgres-charge-writes.ts";
import { createPostgresNoticeStore } from "./postgres-notice-store.ts";
import { createPostgresPointOfSaleStore } from "./postgres-point-of-sale-store.ts";
import { createPostgresReconciliationStore } from "./postgres-reconciliation-store.ts";
import { createPostgresRequestKeyStore, purgeRequestKeys } from "./postgres-request-key-store.ts";
import { createPostgresTallyStore } from "./postgres-tally-store.ts";
import { createPostgresTroubleStore } from "./postgres-trouble-store.ts";
import { createPostgresUpgradeStore } from "./postgres-upgrade-store.ts";
import { type UniqueRule, UniqueRuleError } from "./unique-rule-error.ts";

/** Between a refused insert and the look for who was first, the rival may have closed; then the way may be free. */
const INSERT_TRIES = 5;
/** Sent events are kept as long as in every outbox (ADR 0004). */
const EVENT_DAYS = 7;
/** Charges in one statement, and statements under way at a time. */
const INSERT_BATCH = 50;
const INSERTS_IN_FLIGHT = 1;

/**
 * Charges as JSON documents in PostgreSQL. State and events change in one statement, so no transaction is held open.
 * The tables are those of `migrations/`; closing the store ends the pool.
 */
export function createPostgresChargeStore(pool: Pool): PaymentStore {
  const db = createDatabase<Schema>(pool);
  // Orders come in bursts, and each commit waits for the disk: charges that arrive together are written together.
  const { submit } = createGatherer({
    run: (batch: readonly Charge[]) => insertBatch(pool, batch),
    batchMax: INSERT_BATCH,
    inFlightMax: INSERTS_IN_FLIGHT,
  });
  return {
    insert: (charge) => insertOrFindRival(db, charge, submit),
    get: async (id) => (isId(id) ? one(await selectCharge(db, id)) : null),
    getByProviderId: async (providerId) => one(await selectChargeByProviderId(db, providerId)),
    getOpenAtTerminal: async (terminalId) => one(await selectOpenAtTerminal(db, terminalId)),
    listOfOrder: async (orderId) => (isId(orderId) ? (await selectChargesOfOrder(db, orderId)).map(decodeCharge) : []),
    replace: async (charge, expectedVersion) => {
      if (charge.version !== expectedVersion + 1) throw new RangeError("a charge is replaced by its next version");
      return translateConflict(() => updateCharge(pool, charge, expectedVersion));
    },
    claimDue: async (options) => (await claimDueCharges(db, options)).map(decodeCharge),
    list: async (options) => (await selectCharges(db, options)).map(decodeCharge),
    outbox: createOutbox(db),
    audit: createPostgresTrail(db),
    notices: createPostgresNoticeStore(pool, db),
    pointsOfSale: createPostgresPointOfSaleStore(db),
    reconciliations: createPostgresReconciliationStore(db),
    requestKeys: createPostgresRequestKeyStore(db),
    trouble: createPostgresTroubleStore(db),
    upgrades: createPostgresUpgradeStore(db),
    tallies: createPostgresTallyStore(db),
    purge: async ({ days }) => {
      await purgeOutbox(db, Math.min(days, EVENT_DAYS));
      await purgeRequestKeys(db, days);
      await db
        .deleteFrom("notices")
        .where("done_at", "<", new Date(Date.now() - days * 86_400_000))
        .execute();
      await sql`delete from tallies where day < current_date - ${days}::integer`.execute(db);
    },
    ping: async () => {
      await pool.query("select 1");
    },
    close: () => db.destroy(),
  };
}

/** Says of each charge whether it was written; the same charge twice in one batch is written once. */
async function insertBatch(pool: Pool, batch: readonly Charge[]): Promise<readonly boolean[]> {
  const written = new Set(await insertCharges(pool, batch));
  return batch.map(({ id }) => written.delete(id));
}

async function insertOrFindRival(
  db: Db,
  charge: Charge,
  insert: (charge: Charge) => Promise<boolean>,
): Promise<{ inserted: boolean; charge: Charge }> {
  for (let tries = 0; tries < INSERT_TRIES; tries += 1) {
    if (await insert(charge)) return { inserted: true, charge };
    const rival = one(await selectRival(db, charge));
    if (rival !== null) return { inserted: false, charge: rival };
    if (charge.providerId !== null && one(await selectChargeByProviderId(db, charge.providerId)) !== null) {
      throw new UniqueRuleError("provider_id");
    }
  }
  throw new Error(`charge ${charge.id} was refused ${INSERT_TRIES} times by a charge that could not be found`);
}

function createOutbox(db: Db): OutboxStore {
  const outbox = createPostgresOutbox(db);
  return { ...outbox, retryParked: async (id) => isId(id) && (await outbox.retryParked(id)) };
}

function one(rows: readonly Parameters<typeof decodeCharge>[0][]): Charge | null {
  return rows[0] === undefined ? null : decodeCharge(rows[0]);
}

const rules: Readonly<Record<string, UniqueRule>> = {
  charges_pkey: "charge_id",
  charges_order_attempt: "order_attempt",
  charges_open: "open_charge",
  charges_provider_id: "provider_id",
};

async function translateConflict<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    for (const [constraint, rule] of Object.entries(rules)) {
      if (isUniqueViolation(error, constraint)) throw new UniqueRuleError(rule, { cause: error });
    }
    throw error;
  }
}
