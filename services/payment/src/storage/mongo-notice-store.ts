import { type Collection, MongoServerError } from "mongodb";
import type { Notice, NoticeStore } from "./charge-store.ts";
import type { NoticeRecord } from "./mongo-records.ts";

const DUPLICATE_KEY = 11_000;

/** The provider's notifications in the collection `notices`. */
export function createMongoNoticeStore(notices: Collection<NoticeRecord>): NoticeStore {
  return {
    store: async ({ id, ...notice }) => {
      try {
        await notices.insertOne({ _id: id, ...notice, deliveries: 1, availableAt: new Date() });
        return "stored";
      } catch (error) {
        if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY) throw error;
        await notices.updateOne({ dedupeKey: notice.dedupeKey }, { $inc: { deliveries: 1 } });
        return "duplicate";
      }
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
      const waiting = { _id: id, doneAt: { $exists: false } };
      if (next === "done")
        await notices.updateOne(waiting, { $set: { doneAt: new Date() }, $unset: { availableAt: "" } });
      else await notices.updateOne(waiting, { $set: { availableAt: new Date(Date.now() + next) } });
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
