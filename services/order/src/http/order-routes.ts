import type { App, Log } from "@comanda/service-kit";
import type { Kysely } from "kysely";
import type { Config } from "../config.ts";
import type { CatalogueCache } from "../storage/catalogue-cache.ts";
import type { OrderTables } from "../storage/schema.ts";

/** What the routes of orders need. */
export type OrderRoutesDeps = {
  readonly db: Kysely<OrderTables>;
  readonly catalogue: CatalogueCache;
  readonly config: Config;
  readonly log: Log;
  /** Called after a commit that wrote to `order_feed`: the live streams look at once. */
  readonly wakeFeed: () => void;
};

/** `/orders` without its streams. */
export function registerOrderRoutes(_app: App, _deps: OrderRoutesDeps): void {}
