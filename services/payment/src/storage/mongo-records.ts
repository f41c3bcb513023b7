import type { Charge, UnsentEvent } from "../domain/charge.ts";
import { isUnclear } from "../domain/worries.ts";
import { decodeCharge, decodeEvents, encodeCharge, encodeEvent } from "./charge-document.ts";
import type { Notice } from "./charge-store.ts";
import { dueAt, dueByClock, waitingSince } from "./unsent-events.ts";

/**
 * A charge as a document of the collection `charges`. Fields that hold nothing are left out, so that sparse indexes
 * hold only what waits.
 */
export type ChargeRecord = {
  readonly _id: string;
  /** Rises with every write, leases and deliveries included; `charge.version` only with what the domain decided. */
  readonly revision: number;
  readonly charge: unknown;
  /** The provider's id, or a value of the charge's own: uniqueness without partial indexes, which not all servers have. */
  readonly providerSlot: string;
  /** The order's id while the charge is open, else a value of the charge's own. */
  readonly openSlot: string;
  readonly nextCheckAt?: Date;
  /** Somebody may have to look, for a reason that neither the status nor a refund tells. */
  readonly isUnclear?: true;
  readonly unsent: readonly unknown[];
  /** The id of every event the charge ever had. */
  readonly eventIds: readonly string[];
  readonly eventDueAt?: Date;
  readonly eventWaitingSince?: Date;
  readonly hasParked?: true;
};

/** A notice as a document of the collection `notices`. */
export type NoticeRecord = Omit<Notice, "id" | "signedAt" | "requestId"> & {
  readonly _id: string;
  /** Left out in what was written before they were kept. */
  readonly signedAt?: Date | null;
  readonly requestId?: string | null;
  readonly deliveries: number;
  /** Left out once the notice is done. */
  readonly availableAt?: Date;
  readonly doneAt?: Date;
};

/** Writes a charge that is new. */
export function recordOf(charge: Charge): ChargeRecord {
  const eventIds = charge.unsent.map(({ id }) => id);
  return {
    _id: charge.id,
    revision: 1,
    eventIds,
    ...present({ ...fieldsOf(charge), ...fieldsOfEvents(newEvents(charge.unsent)) }),
  };
}

/** Events that were not there before, as this process's clock has them. */
export function newEvents(events: readonly UnsentEvent[]): UnsentEvent[] {
  return events.map((event) => dueByClock(event, new Date()));
}

/** What a new version of a charge sets, its events aside; `undefined` is to be removed. */
export function fieldsOf(charge: Charge) {
  const document = encodeCharge(charge);
  // As text: keys that come from outside may hold dots and dollar signs, which mean something to MongoDB.
  const entries = document.entries.map((entry) => ({ ...entry, detail: JSON.stringify(entry.detail) }));
  return {
    charge: { ...document, entries },
    providerSlot: charge.providerId ?? `none:${charge.id}`,
    openSlot: isOpen(charge) ? charge.orderId : `closed:${charge.id}`,
    nextCheckAt: charge.nextCheckAt ?? undefined,
    isUnclear: isUnclear(charge) ? (true as const) : undefined,
  };
}

/** What a change of the events sets; `undefined` is to be removed. */
export function fieldsOfEvents(events: readonly UnsentEvent[]) {
  return {
    unsent: events.map((event) => ({ ...encodeEvent(event), data: JSON.stringify(event.data) })),
    eventDueAt: dueAt(events) ?? undefined,
    eventWaitingSince: waitingSince(events) ?? undefined,
    hasParked: events.some(({ parkedAt }) => parkedAt !== null) ? (true as const) : undefined,
  };
}

/** An update of a record that is still at the revision that was read. */
export function updateTo(fields: Readonly<Record<string, unknown>>) {
  const absent = Object.entries(fields).filter(([, value]) => value === undefined);
  return {
    $set: present(fields),
    $inc: { revision: 1 },
    ...(absent.length === 0 ? {} : { $unset: Object.fromEntries(absent.map(([name]) => [name, ""] as const)) }),
  };
}

/** Whether the charge can still take money; the order has at most one such. */
export function isOpen({ status }: Pick<Charge, "status">): boolean {
  return status === "created" || status === "pending" || status === "in_process";
}

/** Reads a charge. */
export function chargeOf(record: ChargeRecord): Charge {
  const nextCheckAt = record.nextCheckAt ?? null;
  return decodeCharge({ document: record.charge, nextCheckAt, unsent: record.unsent.map(parseData) });
}

/** Reads the unsent events of a charge. */
export function eventsOf(record: Pick<ChargeRecord, "unsent">): UnsentEvent[] {
  return decodeEvents(record.unsent.map(parseData));
}

function parseData(event: unknown): unknown {
  if (typeof event !== "object" || event === null || !("data" in event) || typeof event.data !== "string") return event;
  const data: unknown = JSON.parse(event.data);
  return { ...event, data };
}

function present<Fields extends object>(fields: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Object.fromEntries forgets which names it was given; optional fields of a record may be absent.
  return Object.fromEntries(kept) as { [Name in keyof Fields]: Exclude<Fields[Name], undefined> }; // see above
}
