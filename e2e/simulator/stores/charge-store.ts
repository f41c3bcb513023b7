import type { ClaimedEvent, OutboxStore } from "@comanda/messaging";
import type { Charge, UnsentEvent } from "../../../services/payment/src/domain/charge.ts";
import type { ChargeStore, NoticeStore } from "../../../services/payment/src/storage/charge-store.ts";
import {
  dueAt,
  leaseOldest,
  settleEvent,
  unparkEvent,
  waitingSince,
} from "../../../services/payment/src/storage/unsent-events.ts";
import { all, amend, type ChargeTables, insert, read, replace } from "./charge-tables.ts";
import type { Reach } from "./order-store.ts";

/** Told of every change of a charge, before anybody else can see it. */
export type OnCharge = (before: Charge | null, after: Charge) => void;

/** The model of both stores of charges: every operation is one effect, all of it or nothing. */
export function makeChargeStore(
  { tables, onCharge }: { readonly tables: ChargeTables; readonly onCharge: OnCharge },
  { effect }: Pick<Reach, "effect">,
): ChargeStore {
  const found = (id: string): Charge | null => tables.charges.get(id)?.charge ?? null;
  return {
    insert: (charge) =>
      effect(
        "payment.insert",
        () => {
          const rival = insert(tables, charge);
          if (rival === null) onCharge(null, charge);
          return { inserted: rival === null, charge: rival ?? charge };
        },
        { detail: () => charge.id },
      ),
    get: (id) => effect("payment.get", () => read(tables, id)),
    getByProviderId: (providerId) =>
      effect(
        "payment.get-by-provider-id",
        () => all(tables).find((charge) => charge.providerId === providerId) ?? null,
      ),
    getOpenAtTerminal: (terminalId) =>
      effect("payment.get-open-at-terminal", () => all(tables).find((charge) => isAt(charge, terminalId)) ?? null),
    listOfOrder: (orderId) =>
      effect("payment.list-of-order", () =>
        all(tables)
          .filter((charge) => charge.orderId === orderId.toLowerCase())
          .sort((one, other) => one.attempt - other.attempt),
      ),
    replace: (charge, expectedVersion) =>
      effect(
        "payment.replace",
        () => {
          const before = found(charge.id);
          const isReplaced = replace(tables, charge, expectedVersion);
          if (isReplaced) onCharge(before, found(charge.id) ?? charge);
          return isReplaced;
        },
        { detail: () => `${charge.id} ${charge.status} v${charge.version}` },
      ),
    claimDue: ({ now, limit, leaseMs }) =>
      effect("payment.claim-due", () => {
        const due = all(tables)
          .flatMap((charge) => (charge.nextCheckAt !== null && charge.nextCheckAt <= now ? [charge] : []))
          .sort((one, other) => timeOf(one) - timeOf(other) || (one.id < other.id ? -1 : 1))
          .slice(0, limit);
        for (const { id } of due) amend(tables, id, { nextCheckAt: new Date(now.getTime() + leaseMs) });
        return due.map(({ id }) => found(id)).filter((charge) => charge !== null);
      }),
    list: (options) => effect("payment.list", () => listed(tables, options)),
    outbox: makeOutbox(tables, effect),
    notices: makeNotices(tables, effect),
    audit: NOT_SIMULATED,
    pointsOfSale: {
      get: (deviceId) => effect("payment.get-point-of-sale", () => tables.pointsOfSale.get(deviceId) ?? null),
      list: () => effect("payment.list-points-of-sale", () => [...tables.pointsOfSale.values()]),
      put: (pointOfSale) =>
        effect("payment.put-point-of-sale", () => {
          const { deviceId, externalPosId, terminalId } = pointOfSale;
          if (externalPosId === null && terminalId === null) tables.pointsOfSale.delete(deviceId);
          else tables.pointsOfSale.set(deviceId, pointOfSale);
        }),
    },
    purge: ({ days }) =>
      effect("payment.purge", () => {
        for (const [id, { notice, doneAt }] of tables.notices) {
          if (doneAt === null || doneAt >= tables.now() - days * 86_400_000) continue;
          tables.notices.delete(id);
          tables.noticeKeys.delete(notice.dedupeKey);
        }
      }),
    ping: () => effect("payment.ping", () => undefined),
    close: async () => undefined,
  };
}

/** What the staff did is no part of what moves money. */
const NOT_SIMULATED: ChargeStore["audit"] = {
  append: notSimulated,
  list: notSimulated,
  read: notSimulated,
  head: notSimulated,
  anchor: notSimulated,
  cut: notSimulated,
};

function notSimulated(): never {
  throw new Error("the audit trail is not simulated");
}

function isAt({ method, status, place }: Charge, terminalId: string): boolean {
  return (
    method === "terminal" && place?.terminalId === terminalId && ["created", "pending", "in_process"].includes(status)
  );
}

function timeOf({ nextCheckAt }: Charge): number {
  return nextCheckAt?.getTime() ?? 0;
}

function listed(tables: ChargeTables, options: Parameters<ChargeStore["list"]>[0]): readonly Charge[] {
  const { orderId, customerId, status, limit, after } = options;
  return all(tables)
    .filter(
      (charge) =>
        (orderId === undefined || charge.orderId === orderId.toLowerCase()) &&
        (customerId === undefined || charge.customerId === customerId.toLowerCase()) &&
        (status === undefined || charge.status === status) &&
        (after === undefined || charge.id < after),
    )
    .sort((one, other) => (one.id < other.id ? 1 : -1))
    .slice(0, limit);
}

function makeOutbox(tables: ChargeTables, effect: Reach["effect"]): OutboxStore {
  const change = (next: (charge: Charge) => readonly UnsentEvent[] | null): boolean => {
    for (const charge of all(tables)) {
      const unsent = next(charge);
      if (unsent === null) continue;
      amend(tables, charge.id, { unsent });
      return true;
    }
    return false;
  };
  return {
    claim: ({ limit, leaseMs }) =>
      effect("payment.claim-events", () => {
        const now = new Date(tables.now());
        const claimed: ClaimedEvent[] = [];
        for (const charge of all(tables)) {
          if (claimed.length === limit) break;
          const taken = leaseOldest(charge.unsent, { now, leaseMs });
          if (taken === null) continue;
          amend(tables, charge.id, { unsent: taken.events });
          const { id, type, at, data, traceparent, attempts } = taken.leased;
          claimed.push({ id, type, subject: charge.id, time: at, data, traceparent, attempts });
        }
        return claimed;
      }),
    settle: ({ id }, delivery) =>
      effect("payment.settle-event", () => {
        change(({ unsent }) => settleEvent(unsent, { id, delivery, now: new Date(tables.now()) }));
      }),
    listParked: (limit) =>
      effect("payment.list-parked", () =>
        all(tables)
          .flatMap((charge) =>
            charge.unsent.flatMap(({ id, type, attempts, lastError, parkedAt }) =>
              parkedAt === null ? [] : [{ id, type, subject: charge.id, attempts, reason: lastError ?? "", parkedAt }],
            ),
          )
          .slice(0, limit),
      ),
    retryParked: (id) =>
      effect("payment.retry-parked", () =>
        change(({ unsent }) => unparkEvent(unsent, { id, now: new Date(tables.now()) })),
      ),
    oldestWaitingSeconds: () =>
      effect("payment.oldest-waiting", () => {
        const times = all(tables).flatMap(({ unsent }) => waitingSince(unsent)?.getTime() ?? []);
        return times.length === 0 ? 0 : Math.max(0, (tables.now() - Math.min(...times)) / 1000);
      }),
  };
}

function makeNotices(tables: ChargeTables, effect: Reach["effect"]): NoticeStore {
  return {
    store: (notice, { leaseMs = 0 } = {}) =>
      effect("payment.store-notice", () => {
        const known = tables.notices.get(tables.noticeKeys.get(notice.dedupeKey) ?? "");
        if (known !== undefined) {
          known.deliveries += 1;
          return "duplicate";
        }
        tables.noticeKeys.set(notice.dedupeKey, notice.id);
        tables.notices.set(notice.id, { notice, deliveries: 1, availableAt: tables.now() + leaseMs, doneAt: null });
        return "stored";
      }),
    claim: ({ limit, leaseMs }) =>
      effect("payment.claim-notices", () =>
        [...tables.notices.values()]
          .filter(({ doneAt, availableAt }) => doneAt === null && availableAt <= tables.now())
          .sort((one, other) => one.availableAt - other.availableAt || (one.notice.id < other.notice.id ? -1 : 1))
          .slice(0, limit)
          .map((row) => {
            row.availableAt = tables.now() + leaseMs;
            return row.notice;
          })
          .sort((one, other) => one.receivedAt.getTime() - other.receivedAt.getTime() || (one.id < other.id ? -1 : 1)),
      ),
    settle: (id, next) =>
      effect("payment.settle-notice", () => {
        const row = tables.notices.get(id);
        if (row === undefined || row.doneAt !== null) return;
        if (next === "done") row.doneAt = tables.now();
        else row.availableAt = tables.now() + next;
      }),
    listByIds: (ids) =>
      effect("payment.list-notices", () =>
        [...tables.notices.values()]
          .filter(({ notice }) => ids.includes(notice.id))
          .map(({ notice, deliveries }) => ({ ...notice, deliveries })),
      ),
  };
}

/** When a relay finds something to say next; `null` when nothing waits. */
export function eventsDueAt(tables: ChargeTables): number | null {
  return earliest(all(tables).map(({ unsent }) => dueAt(unsent)?.getTime() ?? null));
}

export function checksDueAt(tables: ChargeTables): number | null {
  return earliest(all(tables).map(({ nextCheckAt }) => nextCheckAt?.getTime() ?? null));
}

export function noticesDueAt(tables: ChargeTables): number | null {
  return earliest(
    [...tables.notices.values()].map(({ doneAt, availableAt }) => (doneAt === null ? availableAt : null)),
  );
}

/** The earliest of some moments; `null` when there is none. */
export function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
