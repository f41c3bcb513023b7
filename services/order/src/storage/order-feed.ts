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
  return { tx: await readHorizon(db), id: 0n };
}

/** What happened after a place, to every order or to one. */
export async function readFeed(
  db: Kysely<OrderTables>,
  from: { readonly after: FeedPosition; readonly limit: number; readonly orderId?: Id | undefined },
): Promise<FeedPage> {
  const { after, limit, orderId } = from;
  // Before the rows, and in a statement of its own: what had ended by then, the later snapshot of the rows sees.
  const horizon = await readHorizon(db);
  const ofOrder = orderId === undefined ? sql`` : sql`and f.order_id = ${orderId}`;
  const { rows } = await sql<RawRow>`
    select f.tx::text as tx, f.id::text as id, f.order_id, f.status
    from order_feed f
    where (f.tx, f.id) > (${String(after.tx)}::xid8, ${String(after.id)}::bigint) ${ofOrder}
    -- With its table: a bare name would mean the text above, and sort 1000 before 999.
    order by f.tx, f.id
    limit ${limit}`.execute(db);
  const unsettled = rows.findIndex(({ tx }) => BigInt(tx) >= horizon);
  const settled = unsettled === -1 ? rows : rows.slice(0, unsettled);
  return { rows: settled.map(feedRowOf), hasUnsettled: unsettled !== -1 };
}

/**
 * The oldest transaction of this database that may still write; all before it have ended. Not `pg_snapshot_xmin`: that
 * speaks for the whole server, and whoever loads or analyses another database on it would hold the kitchen's screen
 * back.
 */
async function readHorizon(db: Kysely<OrderTables>): Promise<bigint> {
  const { rows } = await sql<{ next: string; running: string[] | null }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as next,
      (select array_agg(backend_xid::text) from pg_stat_activity
       where datname = current_database() and backend_xid is not null) as running`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the database gave no snapshot");
  const next = BigInt(row.next);
  let horizon = next;
  for (const running of row.running ?? []) {
    const xid = wholeXid(BigInt(running), next);
    if (xid < horizon) horizon = xid;
  }
  return horizon;
}

const XID_SPAN = 2n ** 32n;

/**
 * A running transaction's 32-bit number as the 64-bit one it stands for: at most half a round before `next`, else it was
 * begun after `next` was read.
 */
function wholeXid(xid: bigint, next: bigint): bigint {
  const behind = BigInt.asUintN(32, next - xid);
  return behind <= XID_SPAN / 2n ? next - behind : next + (XID_SPAN - behind);
}

type RawRow = { tx: string; id: string; order_id: string; status: OrderStatus };

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
