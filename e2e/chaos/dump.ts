import type { System } from "@comanda/testing/system";
import { ask } from "@comanda/testing/system-client";
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
export async function readBooks(system: System, token: string): Promise<Books> {
  const parkedAt = (base: string) => ask<{ items: unknown[] }>(`${base}/events/parked`, { token });
  const [orders, charges, { charges: ledger }, ...parked] = await Promise.all([
    readAll<OrderSeen>(`${system.order}/orders/`, token),
    readAll<ChargeRow>(`${system.payment}/payments/`, token),
    ask<{ charges: LedgerRow[] }>(`${system.sandbox}/sandbox/ledger`),
    parkedAt(system.order),
    parkedAt(system.payment),
  ]);
  const slim = orders.map((order) => ({ ...order, payment: null }));
  return { orders: slim, charges, ledger, parked: parked.reduce((sum, { items }) => sum + items.length, 0) };
}

/** Reads the stories behind the books as well. */
export async function readDump(system: System, token: string): Promise<Dump> {
  const books = await readBooks(system, token);
  const tracking = await readEach<TrackingRow>({
    ids: books.orders.map(({ id }) => id),
    url: (id) => `${system.order}/orders/${id}/tracking`,
    token,
  });
  const flows = await readEach<FlowRow>({
    ids: books.charges.map(({ id }) => id),
    url: (id) => `${system.payment}/payments/${id}/transactions`,
    token,
  });
  return { ...books, tracking, flows };
}

async function readAll<Row>(url: string, token: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Row> = await ask<Page<Row>>(`${url}?limit=100${after}`, { token });
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  return rows;
}

async function readEach<Row>(options: {
  readonly ids: readonly string[];
  readonly url: (id: string) => string;
  readonly token: string;
}): Promise<Record<string, readonly Row[]>> {
  const found: Record<string, readonly Row[]> = {};
  const waiting = [...options.ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      found[id] = (await ask<{ items: Row[] }>(options.url(id), { token: options.token })).items;
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found;
}
