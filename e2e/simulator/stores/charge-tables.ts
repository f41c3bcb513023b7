import type { Id } from "@comanda/primitives";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import type { PointOfSale } from "../../../services/payment/src/domain/point-of-sale.ts";
import { decodeCharge } from "../../../services/payment/src/storage/charge-document.ts";
import type { Notice } from "../../../services/payment/src/storage/charge-store.ts";
import { type UniqueRule, UniqueRuleError } from "../../../services/payment/src/storage/unique-rule-error.ts";
import { dueByClock } from "../../../services/payment/src/storage/unsent-events.ts";

type ChargeRow = { charge: Charge /** What a broken disk left instead. */; damaged?: unknown };
type NoticeRow = { readonly notice: Notice; deliveries: number; availableAt: number; doneAt: number | null };

/** The payment service's charges and notices in memory. */
export type ChargeTables = {
  readonly charges: Map<Id, ChargeRow>;
  readonly notices: Map<Id, NoticeRow>;
  readonly noticeKeys: Map<string, Id>;
  readonly pointsOfSale: Map<Id, PointOfSale>;
  readonly now: () => number;
};

export function makeChargeTables(now: () => number): ChargeTables {
  return { charges: new Map(), notices: new Map(), noticeKeys: new Map(), pointsOfSale: new Map(), now };
}

const OPEN: readonly Charge["status"][] = ["created", "pending", "in_process"];
const isOpen = ({ status }: Charge) => OPEN.includes(status);

/** Charges as they are kept, whatever their documents have become. */
export function all(tables: ChargeTables): Charge[] {
  return [...tables.charges.values()].map(({ charge }) => charge);
}

/** @throws Error for a document that cannot be read, as the stores do */
export function read(tables: ChargeTables, id: Id): Charge | null {
  const row = tables.charges.get(id.toLowerCase());
  if (row === undefined) return null;
  if (row.damaged === undefined) return row.charge;
  return decodeCharge({ document: row.damaged, nextCheckAt: row.charge.nextCheckAt, unsent: [] });
}

/** `null` when it was written; else the charge that stands in its way. */
export function insert(tables: ChargeTables, charge: Charge): Charge | null {
  const others = all(tables).filter(({ orderId }) => orderId === charge.orderId);
  const rival =
    tables.charges.get(charge.id)?.charge ??
    others.find(({ attempt }) => attempt === charge.attempt) ??
    (isOpen(charge) ? others.find(isOpen) : undefined);
  if (rival !== undefined) return rival;
  refuseProviderIdOf(tables, charge);
  tables.charges.set(charge.id, { charge: { ...charge, unsent: newEvents(tables, charge.unsent) } });
  return null;
}

/** `false` when the version is another by now. */
export function replace(tables: ChargeTables, charge: Charge, expectedVersion: number): boolean {
  if (charge.version !== expectedVersion + 1) throw new RangeError("a charge is replaced by its next version");
  const row = tables.charges.get(charge.id);
  if (row === undefined || row.charge.version !== expectedVersion) return false;
  write(tables, charge);
  return true;
}

/** Writes the next version over the present one. */
function write(tables: ChargeTables, charge: Charge): void {
  const row = tables.charges.get(charge.id);
  if (row === undefined) return;
  const isRivalOpen = all(tables).some(
    (other) => other.id !== charge.id && other.orderId === charge.orderId && isOpen(other),
  );
  if (isOpen(charge) && isRivalOpen) throw uniqueRule("open_charge");
  refuseProviderIdOf(tables, charge);
  // The events that it had belong to the relay, which may have sent some since it was read.
  const had = said.get(row) ?? new Set(row.charge.unsent.map(({ id }) => id));
  const added = charge.unsent.filter(({ id }) => !had.has(id));
  for (const { id } of added) had.add(id);
  said.set(row, had);
  row.charge = { ...charge, unsent: [...row.charge.unsent, ...newEvents(tables, added)] };
}

function newEvents({ now }: ChargeTables, events: Charge["unsent"]): Charge["unsent"] {
  return events.map((event) => dueByClock(event, new Date(now())));
}

/** The ids of all events that a charge ever had, sent ones too. */
const said = new WeakMap<ChargeRow, Set<Id>>();

function refuseProviderIdOf(tables: ChargeTables, { id, providerId }: Charge): void {
  if (providerId === null) return;
  if (all(tables).some((other) => other.id !== id && other.providerId === providerId)) throw uniqueRule("provider_id");
}

function uniqueRule(rule: UniqueRule): UniqueRuleError {
  return new UniqueRuleError(rule);
}

/** Changes what moves without a new version: the next check, the events. */
export function amend(tables: ChargeTables, id: Id, change: Partial<Pick<Charge, "nextCheckAt" | "unsent">>): void {
  const row = tables.charges.get(id);
  if (row === undefined) return;
  if (!said.has(row)) said.set(row, new Set(row.charge.unsent.map((event) => event.id)));
  row.charge = { ...row.charge, ...change };
}
