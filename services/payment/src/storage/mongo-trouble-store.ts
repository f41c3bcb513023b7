import type { ChargeStatus } from "@comanda/contracts";
import type { Collection, Filter } from "mongodb";
import { type ChargeRecord, chargeOf, eventsOf } from "./mongo-records.ts";
import type { TroubleStore } from "./trouble-store.ts";

/** A backlog of this size is an alarm by itself, however many more there are. */
const COUNTED_MAX = 1_000;
const projection = { unsent: 1 } as const;
const WAITING: Filter<ChargeRecord> = { eventWaitingSince: { $exists: true } };
const PARKED: Filter<ChargeRecord> = { hasParked: true };
const UNSETTLED: Filter<ChargeRecord> = {
  "charge.refunds.status": { $in: ["requested", "unknown", "in_process", "failed"] },
};

/** What alarms look at, in MongoDB. */
export function createMongoTroubleStore(charges: Collection<ChargeRecord>): TroubleStore {
  const first = (filter: Filter<ChargeRecord>, limit: number, order: 1 | -1) =>
    charges.find(filter).sort({ _id: order }).limit(limit).toArray();
  const newest = (filter: Filter<ChargeRecord>, limit: number) => first(filter, limit, -1);
  return {
    countUnsent: async ({ type, before }) => {
      const find = (filter: object) => charges.find(filter, { projection }).limit(COUNTED_MAX).toArray();
      const records = distinct([await find(WAITING), await find(PARKED)]);
      return records.flatMap(eventsOf).filter((event) => event.type === type && event.at <= before).length;
    },
    listUnsent: async ({ type, before, limit }) => {
      const find = (filter: Filter<ChargeRecord>) => charges.find(filter).limit(COUNTED_MAX).toArray();
      return distinct([await find(WAITING), await find(PARKED)])
        .map(chargeOf)
        .flatMap((charge) =>
          charge.unsent
            .filter((event) => event.type === type && event.at <= before)
            .map(({ id: eventId, at: since }) => ({ charge, eventId, since })),
        )
        .toSorted((one, other) => one.since.getTime() - other.since.getTime())
        .slice(0, limit);
    },
    oldestUnsentAt: async () => {
      const options = { projection: { eventWaitingSince: 1 }, sort: { eventWaitingSince: 1 } } as const;
      const oldest = await charges.findOne({ eventWaitingSince: { $lte: new Date() } }, options);
      return oldest?.eventWaitingSince ?? null;
    },
    listUnsettledRefunds: async ({ limit }) => (await newest(UNSETTLED, limit)).map(chargeOf),
    listTroubled: async ({ limit }) => {
      const byStatus = (status: ChargeStatus, order: 1 | -1) => first({ "charge.status": status }, limit, order);
      const found = [
        await newest(UNSETTLED, limit),
        await newest({ isUnclear: true }, limit),
        await byStatus("in_dispute", -1),
        await byStatus("charged_back", -1),
        await byStatus("created", 1),
        await byStatus("pending", 1),
        await byStatus("in_process", 1),
      ];
      return distinct(found).map(chargeOf);
    },
  };
}

/** Each record once, whatever found it. */
function distinct<Stored extends Pick<ChargeRecord, "_id">>(lists: readonly (readonly Stored[])[]): readonly Stored[] {
  return [...new Map(lists.flat().map((record) => [record._id, record])).values()];
}
