import { join } from "node:path";
import { createPool, type Log, migrate } from "@comanda/postgres";
import type { PaymentStore } from "./charge-store.ts";
import { openMongoChargeStore } from "./mongo-charge-store.ts";
import { createPostgresChargeStore } from "./postgres-charge-store.ts";

const migrationsDirectory = join(import.meta.dirname, "../../migrations");

/**
 * Opens the store of charges and brings it to its newest form (tables by migrations, indexes). MongoDB when
 * `mongodbUri` is given, else PostgreSQL.
 * @throws Error when neither is given, or when the database cannot be reached or brought up to date
 */
export async function openChargeStore(options: {
  readonly mongodbUri?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly log: Log;
}): Promise<PaymentStore> {
  const { mongodbUri, databaseUrl, log } = options;
  if (mongodbUri !== undefined) return openMongoChargeStore(mongodbUri);
  if (databaseUrl !== undefined) return openPostgres(databaseUrl, log);
  throw new Error("no store for charges: set MONGODB_URI (MongoDB) or PAYMENT_DATABASE_URL (PostgreSQL)");
}

async function openPostgres(connectionString: string, log: Log): Promise<PaymentStore> {
  const pool = createPool({ connectionString, applicationName: "comanda-payment", log });
  try {
    await migrate({ pool, directory: migrationsDirectory, log });
  } catch (error) {
    await pool.end();
    throw error;
  }
  return createPostgresChargeStore(pool);
}
