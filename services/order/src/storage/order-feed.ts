import type { OrderStatus } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import { type Kysely, sql } from "kysely";
import type { FeedPosition } from "../domain/feed-position.ts";
import type { OrderTables } from "./schema.ts";

/** A row of the feed: something happened to an order, which then had this status. */
export type FeedRow = { readonly position: FeedPosition; readonly orderId: Id; readonly status: OrderStatus };

/** Rows that can be told now, in their order; `hasUnsettled` when more follow that an older transaction holds back. */
export type FeedPage = { readonly rows: readonly FeedRow[]; readonly hasUnsettled: boolean };

/** The place behind everything that is settled now: whatever happens from here on comes after it. */
export async function readFeedEnd(db: Kysely<OrderTables>): Promise<FeedPosition> {
  const { rows } = await sql<{ xmin: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the database gave no snapshot");
  return { tx: BigInt(row.xmin), id: 0n };
}

/** What happened after a place, to every order or to one. */
export async function readFeed(
  db: Kysely<OrderTables>,
  from: { readonly after: FeedPosition; readonly limit: number; readonly orderId?: Id | undefined },
): Promise<FeedPage> {
  const { after, limit, orderId } = from;
  const ofOrder = orderId === undefined ? sql`` : sql`and f.order_id = ${orderId}`;
  const { rows } = await sql<RawRow>`
    select f.tx::text as tx, f.id::text as id, f.order_id, f.status,
      f.tx < pg_snapshot_xmin(pg_current_snapshot()) as is_settled
    from order_feed f
    where (f.tx, f.id) > (${String(after.tx)}::xid8, ${String(after.id)}::bigint) ${ofOrder}
    -- With its table: a bare name would mean the text above, and sort 1000 before 999.
    order by f.tx, f.id
    limit ${limit}`.execute(db);
  const unsettled = rows.findIndex(({ is_settled }) => !is_settled);
  const settled = unsettled === -1 ? rows : rows.slice(0, unsettled);
  return { rows: settled.map(feedRowOf), hasUnsettled: unsettled !== -1 };
}

type RawRow = { tx: string; id: string; order_id: string; status: OrderStatus; is_settled: boolean };

function feedRowOf({ tx, id, order_id, status }: RawRow): FeedRow {
  return { position: { tx: BigInt(tx), id: BigInt(id) }, orderId: order_id, status };
}

/** One line of an order's tracking: the status it took, when, and who did it. */
export type TrackingEntry = { readonly status: OrderStatus; readonly at: Date; readonly by: string };

/** What an order went through, oldest first. */
export async function loadTracking(db: Kysely<OrderTables>, orderId: Id): Promise<readonly TrackingEntry[]> {
  const { rows } = await sql<TrackingEntry>`
    select status, at, by from order_feed where order_id = ${orderId} and kind = 'status' order by id`.execute(db);
  return rows;
}
