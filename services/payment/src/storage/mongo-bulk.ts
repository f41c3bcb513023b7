import { createGatherer, type Gatherer } from "@comanda/postgres";
import {
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  MongoAPIError,
  MongoBulkWriteError,
  MongoError,
  type OptionalId,
} from "mongodb";

/** What became of one write; `duplicate`: refused, because a unique index holds another like it. */
export type Written = "done" | "duplicate";

const DUPLICATE_KEY = 11_000;
/** Writes in one command, and commands under way at a time. */
const BATCH = 50;
const IN_FLIGHT = 1;

/**
 * Writes that come at the same time go in one command, each to one document, each with an outcome of its own: one that
 * is refused fails alone. Acknowledged as every write of the connection, for all of the command; when it is not known
 * whether the command took effect, every writer learns of that.
 */
export function createBulkWriter<Stored extends Document>(
  collection: Collection<Stored>,
): Gatherer<AnyBulkWriteOperation<Stored>, Written> {
  const gatherer = createGatherer({
    run: (batch: readonly AnyBulkWriteOperation<Stored>[]) => writeAll(collection, batch),
    batchMax: BATCH,
    inFlightMax: IN_FLIGHT,
    isAboutAll: wasSent,
  });
  return {
    submit: async (write) => {
      const outcome = await gatherer.submit(write);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
}

/** The same for new documents. */
export function createInserter<Stored extends Document>(
  collection: Collection<Stored>,
): Gatherer<OptionalId<Stored>, Written> {
  const { submit } = createBulkWriter(collection);
  return { submit: (document) => submit({ insertOne: { document } }) };
}

async function writeAll<Stored extends Document>(
  collection: Collection<Stored>,
  batch: readonly AnyBulkWriteOperation<Stored>[],
): Promise<readonly (Written | Error)[]> {
  try {
    await collection.bulkWrite(batch, { ordered: false });
    return batch.map(() => "done");
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const refusals = new Map([error.writeErrors].flat().map(({ index, code }) => [index, code]));
    // Beside what it refused, the server may say that the rest is not as durable as was asked.
    if (refusals.size === 0 || error.result.getWriteConcernError() !== undefined) throw aboutAll(error);
    return batch.map((_, index) => {
      const code = refusals.get(index);
      if (code === undefined) return "done";
      return Number(code) === DUPLICATE_KEY ? "duplicate" : new Error(`a document was refused: code ${code}`);
    });
  }
}

/** The driver wraps whatever went wrong with a bulk; what is inside says whether the server is away. */
function aboutAll(error: MongoBulkWriteError): unknown {
  return error.errorResponse instanceof Error ? error.errorResponse : error;
}

/** What fails before it is sent, fails for one of the documents. */
function wasSent(error: unknown): boolean {
  return error instanceof MongoError && !(error instanceof MongoAPIError);
}
