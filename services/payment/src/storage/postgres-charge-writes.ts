import type { Pool } from "@comanda/postgres";
import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import { isUnclear } from "../domain/worries.ts";
import { encodeCharge, encodeEvent } from "./charge-document.ts";

type Value = string | number | boolean | Date | null;

/** What a statement writes of a charge: the column, its SQL type, and where its value is. */
const COLUMNS: readonly { readonly name: string; readonly type: string; readonly of: (charge: Charge) => Value }[] = [
  { name: "id", type: "uuid", of: ({ id }) => id },
  { name: "order_id", type: "uuid", of: ({ orderId }) => orderId },
  { name: "attempt", type: "integer", of: ({ attempt }) => attempt },
  { name: "customer_id", type: "uuid", of: ({ customerId }) => customerId },
  { name: "status", type: "text", of: ({ status }) => status },
  { name: "provider_id", type: "text", of: ({ providerId }) => providerId },
  { name: "next_check_at", type: "timestamptz", of: ({ nextCheckAt }) => nextCheckAt },
  { name: "version", type: "integer", of: ({ version }) => version },
  { name: "has_unsettled_refund", type: "boolean", of: hasUnsettledRefund },
  { name: "is_unclear", type: "boolean", of: isUnclear },
  { name: "document", type: "json", of: (charge) => JSON.stringify(encodeCharge(charge)) },
];

const names = COLUMNS.map(({ name }) => name).join(", ");
const nextParameter = COLUMNS.length + 1;

// Arrays instead of rows of parameters keep it one prepared statement for any number of charges.
const INSERT = `
  insert into charges (${names})
  select * from unnest(${COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ")})
  on conflict do nothing
  returning id`;

const UPDATE = `
  update charges
  set ${COLUMNS.map(({ name, type }, index) => `${name} = $${index + 1}::${type}`).join(", ")}
  where id = $1 and version = $${nextParameter}
  returning id`;

/**
 * Writes new charges with their events, however many, in one round trip and one commit.
 * @returns the ids of those that were written; the others some unique rule refused
 */
export async function insertCharges(pool: Pool, charges: readonly Charge[]): Promise<ReadonlySet<Id>> {
  // In one order for everybody, so that two statements about the same orders wait for each other and do not deadlock.
  const batch = [...charges].sort((left, right) => (left.orderId < right.orderId ? -1 : 1));
  const values = COLUMNS.map(({ of }) => batch.map(of));
  return new Set(await write(pool, { name: "insert-charges", text: INSERT, values, charges: batch }));
}

/**
 * Replaces the charge of the expected version by the next one, and adds the events that were not there yet.
 * @returns `false` when the version is another by now
 */
export async function updateCharge(pool: Pool, charge: Charge, expectedVersion: number): Promise<boolean> {
  const values = [...COLUMNS.map(({ of }) => of(charge)), expectedVersion];
  const written = await write(pool, { name: "update-charge", text: UPDATE, values, charges: [charge] });
  return written.length === 1;
}

type Write = {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly charges: readonly Charge[];
};

/** Most charges have nothing to say: then the outbox is no part of the statement. */
async function write(pool: Pool, { name, text, values, charges }: Write): Promise<readonly Id[]> {
  const events = charges.flatMap(({ id, unsent }) =>
    unsent.map((event, position) => ({ ...encodeEvent(event), subject: id, position })),
  );
  const statement =
    events.length === 0
      ? { name, text, values: [...values] }
      : {
          name: `${name}-with-events`,
          text: withEvents(text, values.length + 1),
          values: [...values, JSON.stringify(events)],
        };
  const { rows } = await pool.query<{ id: Id }>(statement);
  return rows.map(({ id }) => id);
}

/**
 * Adds the events of the charges that were just written. Only unknown ids are added: whoever replaces a charge holds
 * its unsent events as they were when it was read, and the relay may have leased, parked or sent some since. Sent rows
 * stay for days (`purgeOutbox`), so a sent event is known and cannot come back.
 */
function withEvents(text: string, parameter: number): string {
  return `
    with written as (${text}), said as (
      insert into outbox (id, type, subject, data, traceparent, created_at, available_at, locked_until, attempts,
        parked_at, last_error)
      select e.id, e.type, written.id, e.data, e.traceparent, e."at",
        -- Due by the clock of the database, see dueByClock.
        least(e."availableAt", now() + (e."availableAt" - e."at")), e."lockedUntil", e.attempts,
        e."parkedAt", e."lastError"
      from written join jsonb_to_recordset($${parameter}::jsonb) as e(
        id uuid, type text, subject uuid, "at" timestamptz, data jsonb, traceparent text, attempts integer,
        "availableAt" timestamptz, "lockedUntil" timestamptz, "parkedAt" timestamptz, "lastError" text,
        position integer) on e.subject = written.id
      order by e.position
      on conflict (id) do nothing)
    select id from written`;
}

function hasUnsettledRefund({ refunds }: Charge): boolean {
  return refunds.some(({ status }) => status !== "done");
}
