import { type Collection, MongoServerError } from "mongodb";
import { dayOf, type Tally, type TallyStore } from "./tally-store.ts";

/** A tally as a document of the collection `tallies`; its name is the day and the kind. */
export type TallyRecord = Tally & { readonly _id: string };

const DUPLICATE_KEY = 11_000;

/** What is counted, in the collection `tallies`. */
export function createMongoTallyStore(tallies: Collection<TallyRecord>): TallyStore {
  const addOnce = async ({ kind, count, firstAt, lastAt, resource }: Omit<Tally, "day">) => {
    const day = dayOf(lastAt);
    await tallies.updateOne(
      { _id: `${day} ${kind}` },
      {
        $inc: { count },
        $min: { firstAt },
        $max: { lastAt },
        $setOnInsert: { day, kind, ...(resource === null ? { resource } : {}) },
        ...(resource === null ? {} : { $set: { resource } }),
      },
      { upsert: true },
    );
  };
  return {
    add: async (more) => {
      try {
        await addOnce(more);
      } catch (error) {
        // Another process made the day's first one in the same moment: now it is there.
        if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
        await addOnce(more);
      }
    },
    list: async ({ since }) => {
      const records = await tallies
        .find({ _id: { $gte: dayOf(since) } })
        .sort({ _id: -1 })
        .toArray();
      return records
        .map(({ _id: _, ...tally }) => tally)
        .toSorted((one, other) =>
          one.day === other.day ? (one.kind < other.kind ? -1 : 1) : one.day < other.day ? 1 : -1,
        );
    },
  };
}
