import type { Collection } from "mongodb";
import { REQUEST_KEY_DAYS, type RequestKeyStore } from "./request-key-store.ts";

/** A key as a document of the collection `request_keys`; the key is its `_id`. */
export type RequestKeyRecord = { readonly _id: string; readonly fingerprint: string; readonly firstAt: Date };

/** Keys of requests, in the collection `request_keys`. */
export function createMongoRequestKeyStore(keys: Collection<RequestKeyRecord>): RequestKeyStore {
  return {
    bind: async ({ key, fingerprint, at }) => {
      // One operation: of two at once the second reads what the first has written.
      const bound = await keys.findOneAndUpdate(
        { _id: key },
        { $setOnInsert: { fingerprint, firstAt: at } },
        { upsert: true, returnDocument: "after" },
      );
      return bound?.fingerprint === fingerprint;
    },
  };
}

/** Forgets keys older than `days`, or than they need to be known. */
export async function purgeRequestKeys(keys: Collection<RequestKeyRecord>, days: number): Promise<void> {
  const before = new Date(Date.now() - Math.min(days, REQUEST_KEY_DAYS) * 86_400_000);
  await keys.deleteMany({ firstAt: { $lt: before } });
}
