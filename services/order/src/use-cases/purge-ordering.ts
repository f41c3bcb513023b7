import { createPostgresTrail, cutOldEntries } from "@comanda/audit";
import { purgeInbox, purgeOutbox } from "@comanda/messaging";
import type { Pool } from "@comanda/postgres";
import { businessDayOf, type Clock } from "@comanda/primitives";
import type { Kysely } from "kysely";
import { purgeIdempotencyKeys } from "../storage/idempotency-keys.ts";
import { dropOldSequences } from "../storage/order-numbers.ts";
import type { OrderTables } from "../storage/schema.ts";

/** Forgets what nobody can ask for any more: sent events, received ones, keys, the numbers of past days, the oldest of the trail. */
export async function purgeOrdering(deps: {
  readonly db: Kysely<OrderTables>;
  readonly pool: Pool;
  readonly clock: Clock;
}): Promise<void> {
  await purgeOutbox(deps.db);
  await purgeInbox(deps.db);
  await purgeIdempotencyKeys(deps.db);
  await dropOldSequences(deps.pool, businessDayOf(deps.clock.now()));
  await cutOldEntries({ trail: createPostgresTrail(deps.db), clock: deps.clock });
}
