import type { App } from "@comanda/service-kit";
import type { Kysely } from "kysely";
import type { CatalogueCache } from "../storage/catalogue-cache.ts";
import type { OrderTables } from "../storage/schema.ts";

/** What the routes of the menu need. */
export type CatalogueRoutesDeps = { readonly db: Kysely<OrderTables>; readonly catalogue: CatalogueCache };

/** `/categories` and `/products`. */
export function registerCatalogueRoutes(_app: App, _deps: CatalogueRoutesDeps): void {}
