import type { Collection } from "mongodb";
import { type ChargeRecord, chargeOf, eventsOf } from "./mongo-records.ts";
import type { TroubleStore } from "./trouble-store.ts";

/** A backlog of this size is an alarm by itself, however many more there are. */
const COUNTED_MAX = 1_000;
const projection = { unsent: 1 } as const;

/** What alarms look at, in MongoDB. */
export function createMongoTroubleStore(charges: Collection<ChargeRecord>): TroubleStore {
  return {
    countUnsent: async ({ type, before }) => {
      const find = (filter: object) => charges.find(filter, { projection }).limit(COUNTED_MAX).toArray();
      const waiting = await find({ eventWaitingSince: { $exists: true } });
      const parked = await find({ hasParked: true });
      const records = new Map([...waiting, ...parked].map((record) => [record._id, record]));
      return [...records.values()].flatMap(eventsOf).filter((event) => event.type === type && event.at <= before)
        .length;
    },
    listUnsettledRefunds: async ({ limit }) => {
      const filter = { "charge.refunds.status": { $in: ["requested", "unknown", "in_process", "failed"] } };
      return (await charges.find(filter).sort({ _id: -1 }).limit(limit).toArray()).map(chargeOf);
    },
  };
}
