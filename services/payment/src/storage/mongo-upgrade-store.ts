import type { Id } from "@comanda/primitives";
import { type Collection, MongoServerError } from "mongodb";
import { type ChargeRecord, fieldsOf, updateTo } from "./mongo-records.ts";
import { CHARGE_FORMAT } from "./upgrade-charge.ts";
import { type DocumentPen, type StoredDocument, takeUpgradeStep } from "./upgrade-step.ts";
import { UNREADABLE_MAX, type UpgradeStore } from "./upgrade-store.ts";

/** A pass as a document of the collection `charge_upgrades`; its name is the format. */
export type UpgradeRecord = {
  readonly _id: number;
  readonly since: Date;
  readonly after?: string;
  readonly seen: number;
  readonly upgraded: number;
  readonly unreadable: readonly string[];
  readonly doneAt?: Date;
};

const DUPLICATE_KEY = 11_000;
const projection = { revision: 1, charge: 1 } as const;

/** The pass over the documents in the collections `charges` and `charge_upgrades`. */
export function createMongoUpgradeStore(
  charges: Collection<ChargeRecord>,
  passes: Collection<UpgradeRecord>,
): UpgradeStore {
  const read = async (): Promise<UpgradeRecord | null> => passes.findOne({ _id: CHARGE_FORMAT });
  return {
    pass: async (now) => {
      const known = await read();
      if (known === null) await begin(passes, now);
      const record = known ?? (await read());
      if (record === null) throw new Error("the pass that was just begun is gone");
      const { _id: format, after = null, doneAt = null, ...kept } = record;
      return { ...kept, format, after, doneAt };
    },
    step: (options) => takeUpgradeStep(penOf(charges), options),
    note: async ({ last, seen, upgraded, unreadable }, now) => {
      const named = (await read())?.unreadable.length ?? 0;
      const added = unreadable.slice(0, Math.max(0, UNREADABLE_MAX - named));
      await passes.updateOne(
        { _id: CHARGE_FORMAT },
        {
          $inc: { seen, upgraded },
          ...(last === null ? {} : { $max: { after: last } }),
          ...(added.length === 0 ? {} : { $addToSet: { unreadable: { $each: added } } }),
        },
      );
      if (last === null) {
        await passes.updateOne({ _id: CHARGE_FORMAT, doneAt: { $exists: false } }, { $set: { doneAt: now } });
      }
    },
  };
}

async function begin(passes: Collection<UpgradeRecord>, since: Date): Promise<void> {
  try {
    await passes.insertOne({ _id: CHARGE_FORMAT, since, seen: 0, upgraded: 0, unreadable: [] });
  } catch (error) {
    // Another process began it in the same moment.
    if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
  }
}

function penOf(charges: Collection<ChargeRecord>): DocumentPen {
  return {
    next: async ({ after, limit }) => {
      const filter = after === null ? {} : { _id: { $gt: after } };
      return (await charges.find(filter, { projection }).sort({ _id: 1 }).limit(limit).toArray()).map(storedOf);
    },
    again: async (ids) => (await charges.find({ _id: { $in: [...ids] } }, { projection }).toArray()).map(storedOf),
    rewrite: async (batch) => {
      const written = new Set<Id>();
      for (const { mark: revision, charge } of batch) {
        const update = updateTo({ charge: fieldsOf(charge).charge });
        const { matchedCount } = await charges.updateOne({ _id: charge.id, revision }, update);
        if (matchedCount === 1) written.add(charge.id);
      }
      return written;
    },
  };
}

function storedOf({ _id: id, charge: document, revision: mark }: Pick<ChargeRecord, "_id" | "charge" | "revision">) {
  return { id, document, mark } satisfies StoredDocument;
}
