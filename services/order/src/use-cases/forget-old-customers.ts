import { addSeconds, type Clock } from "@comanda/primitives";
import type { Kysely } from "kysely";
import { forgetBatch } from "../storage/customer-data.ts";
import type { OrderTables } from "../storage/schema.ts";

const DAY_S = 86_400;
/** An order that came to nothing keeps its person this long (reliability OP-64). */
const UNPAID_DAYS = 30;
/** A name and a wish in somebody's own words served to make and call the order. */
const NAMES_DAYS = 30;
/** What was sold stays; after the years that tax and consumer law ask for, nothing leads to who bought it. */
const SALES_DAYS = 5 * 365 + 2;

/** Takes people out of orders whose time is over. */
export async function forgetOldCustomers(deps: {
  readonly db: Kysely<OrderTables>;
  readonly clock: Clock;
}): Promise<void> {
  const now = deps.clock.now();
  const before = (days: number) => addSeconds(now, -days * DAY_S);
  const retention = {
    unpaidBefore: before(UNPAID_DAYS),
    namesBefore: before(NAMES_DAYS),
    salesBefore: before(SALES_DAYS),
  };
  while ((await forgetBatch(deps.db, retention)) > 0);
}
