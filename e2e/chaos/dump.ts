import type { System } from "@comanda/testing/system";
import { ask, type StaffAtWork } from "@comanda/testing/system-client";
import type { OrderSeen } from "./history.ts";

/** A charge as payment tells it to staff. */
export type ChargeRow = {
  readonly id: string;
  readonly order_id: string;
  readonly attempt: number;
  readonly status: string;
  readonly method: string;
  readonly provider: string;
  readonly amount_cents: number;
  readonly refunded_cents: number;
  readonly approved_at: string | null;
};

/** A charge as the provider holds it. */
export type LedgerRow = {
  readonly kind: string;
  readonly id: string;
  readonly external_reference: string | null;
  readonly status: string;
  readonly amount_cents: number;
  readonly paid_cents: number;
  readonly refunded_cents: number;
  readonly refunding_cents: number;
  readonly times_paid: number;
  readonly paid_at: string | null;
  readonly refunds: readonly { readonly id: string; readonly amount_cents: number; readonly status: string }[];
};

export type TrackingRow = { readonly status: string; readonly at: string; readonly by: string };
type FlowRow = { readonly at: string; readonly kind: string; readonly summary: string };

/** How things stand: both services' books and the provider's. */
export type Books = {
  readonly orders: readonly OrderSeen[];
  readonly charges: readonly ChargeRow[];
  readonly ledger: readonly LedgerRow[];
  /** Events that were given up, in both services. */
  readonly parked: number;
};

/** All that the checker looks at beside the history. */
export type Dump = Books & {
  /** By order. */
  readonly tracking: Readonly<Record<string, readonly TrackingRow[]>>;
  /** The recorded flow, by charge. */
  readonly flows: Readonly<Record<string, readonly FlowRow[]>>;
};

type Page<Row> = { readonly items: readonly Row[]; readonly next_cursor: string | null };

/** Reads the books of a system that is at peace, or nearly so. */
export async function readBooks(system: System, staff: StaffAtWork): Promise<Books> {
  const parkedAt = (base: string) => readAsStaff<{ items: unknown[] }>(`${base}/events/parked`, staff);
  const [orders, charges, { charges: ledger }, ...parked] = await Promise.all([
    readAll<OrderSeen>(`${system.order}/orders/`, staff),
    readAll<ChargeRow>(`${system.payment}/payments/`, staff),
    ask<{ charges: LedgerRow[] }>(`${system.sandbox}/sandbox/ledger`),
    parkedAt(system.order),
    parkedAt(system.payment),
  ]);
  const slim = orders.map((order) => ({ ...order, payment: null }));
  return { orders: slim, charges, ledger, parked: parked.reduce((sum, { items }) => sum + items.length, 0) };
}

/** Reads the stories behind the books as well. */
export async function readDump(system: System, staff: StaffAtWork): Promise<Dump> {
  const books = await readBooks(system, staff);
  const tracking = await readEach<TrackingRow>({
    ids: books.orders.map(({ id }) => id),
    url: (id) => `${system.order}/orders/${id}/tracking`,
    staff,
  });
  const flows = await readEach<FlowRow>({
    ids: books.charges.map(({ id }) => id),
    url: (id) => `${system.payment}/payments/${id}/transactions`,
    staff,
  });
  return { ...books, tracking, flows };
}

async function readAll<Row>(url: string, staff: StaffAtWork): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Row> = await readAsStaff<Page<Row>>(`${url}?limit=100${after}`, staff);
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  return rows;
}

async function readEach<Row>(options: {
  readonly ids: readonly string[];
  readonly url: (id: string) => string;
  readonly staff: StaffAtWork;
}): Promise<Record<string, readonly Row[]>> {
  const found: Record<string, readonly Row[]> = {};
  const waiting = [...options.ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      found[id] = (await readAsStaff<{ items: Row[] }>(options.url(id), options.staff)).items;
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found;
}

/** A big run is read for longer than one token lives. */
async function readAsStaff<Answer>(url: string, staff: StaffAtWork): Promise<Answer> {
  return ask<Answer>(url, { token: await staff.token() });
}
