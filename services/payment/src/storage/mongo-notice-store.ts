import type { Collection } from "mongodb";
import type { Notice, NoticeStore } from "./charge-store.ts";
import { createBulkWriter, createInserter } from "./mongo-bulk.ts";
import type { NoticeRecord } from "./mongo-records.ts";

/** The provider's notifications in the collection `notices`. */
export function createMongoNoticeStore(notices: Collection<NoticeRecord>): NoticeStore {
  const arrivals = createInserter(notices);
  const updates = createBulkWriter(notices);
  return {
    store: async ({ id, ...notice }, { leaseMs = 0 } = {}) => {
      const availableAt = new Date(Date.now() + leaseMs);
      const outcome = await arrivals.submit({ _id: id, ...notice, deliveries: 1, availableAt });
      if (outcome === "done") return "stored";
      const { dedupeKey } = notice;
      await updates.submit({ updateOne: { filter: { dedupeKey }, update: { $inc: { deliveries: 1 } } } });
      return "duplicate";
    },
    claim: async ({ limit, leaseMs }) => {
      const now = Date.now();
      const due = await notices
        .find({ availableAt: { $lte: new Date(now) } })
        .sort({ availableAt: 1, _id: 1 })
        .limit(limit)
        .toArray();
      const claimed = await Promise.all(
        due.map(async (record) => {
          const { _id, availableAt } = record;
          if (availableAt === undefined) return [];
          const lease = { $set: { availableAt: new Date(now + leaseMs) } };
          // The lease names the moment it saw: whoever was faster has moved it.
          const { matchedCount } = await notices.updateOne({ _id, availableAt }, lease);
          return matchedCount === 1 ? [noticeOf(record)] : [];
        }),
      );
      return claimed.flat().toSorted((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime());
    },
    settle: async (id, next) => {
      // Done is the last word, and whoever says it first: in whatever state the notice is, this is right.
      if (next === "done") {
        const update = { $min: { doneAt: new Date() }, $unset: { availableAt: "" } } as const;
        await updates.submit({ updateOne: { filter: { _id: id }, update } });
      } else {
        const update = { $set: { availableAt: new Date(Date.now() + next) } };
        await updates.submit({ updateOne: { filter: { _id: id, doneAt: { $exists: false } }, update } });
      }
    },
    listByIds: async (ids) => {
      if (ids.length === 0) return [];
      const records = await notices.find({ _id: { $in: ids.map((id) => id.toLowerCase()) } }).toArray();
      return records.map((record) => ({ ...noticeOf(record), deliveries: record.deliveries }));
    },
  };
}

function noticeOf(record: NoticeRecord): Notice {
  const {
    _id,
    receivedAt,
    topic,
    resourceId,
    isSigned,
    signedAt = null,
    requestId = null,
    rawBody,
    dedupeKey,
  } = record;
  return { id: _id, receivedAt, topic, resourceId, isSigned, signedAt, requestId, rawBody, dedupeKey };
}
