import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";

/** Where committed work goes: lines of JSON on disk, or nowhere when the sandbox lives in memory only. */
export type Journal = {
  /** Queues one line; it is on disk when the next `durable()` resolves. */
  append: (line: string) => void;
  /** Resolves when every line appended so far is fsync'd; rejects when the disk refused it. */
  durable: () => Promise<void>;
  close: () => Promise<void>;
};

/** A journal that keeps nothing. */
export const memoryJournal: Journal = { append: () => {}, durable: async () => {}, close: async () => {} };

type Batch = { lines: string[]; written: PromiseWithResolvers<void> };

/**
 * Opens the journal of a directory: replays it through `load`, rewrites it compacted from `snapshot`, then appends.
 * Concurrent appends share one write and one fsync. Throws when a line other than the last one is unreadable.
 */
export const openJournal = async (options: {
  directory: string;
  load: (line: string) => void;
  snapshot: () => Iterable<string>;
}): Promise<Journal> => {
  await mkdir(options.directory, { recursive: true });
  const path = join(options.directory, "journal.jsonl");
  await replay(path, options.load);
  await compact(options.directory, { path, lines: options.snapshot() });
  return appendTo(await open(path, "a"));
};

const appendTo = (file: FileHandle): Journal => {
  let filling: Batch | null = null;
  let writing: Batch | null = null;
  let isRunning = false;
  let failure: Error | null = null;

  const run = async () => {
    isRunning = true;
    // One turn of the event loop gathers what concurrent requests commit into a single fsync.
    await new Promise((resolve) => setImmediate(resolve));
    while (filling !== null) {
      const batch: Batch = filling;
      [writing, filling] = [batch, null];
      try {
        await file.appendFile(batch.lines.join(""));
        await file.datasync();
        batch.written.resolve();
      } catch (cause) {
        // After a failed write the tail of the file is unknown, so nothing later may be called durable.
        failure = new Error("the journal cannot be written", { cause });
        batch.written.reject(failure);
      }
      writing = null;
    }
    isRunning = false;
  };

  const durable = async () => {
    if (failure !== null) throw failure;
    await (filling ?? writing)?.written.promise;
  };

  return {
    append: (line) => {
      if (filling === null) {
        filling = { lines: [], written: Promise.withResolvers() };
        // Whoever waits sees the rejection; nobody waiting must not end the process.
        filling.written.promise.catch(() => {});
      }
      filling.lines.push(`${line}\n`);
      if (!isRunning) void run();
    },
    durable,
    close: async () => {
      await durable().finally(() => file.close());
    },
  };
};

const replay = async (path: string, load: (line: string) => void): Promise<void> => {
  let [rest, number] = ["", 0];
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 20 })) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        number += 1;
        load(line);
      }
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return;
    throw new Error(`the journal ${path} is damaged at line ${number}`, { cause });
  }
  // What follows the last line break was being written when the process died: nobody was ever told it happened.
};

const compact = async (directory: string, file: { path: string; lines: Iterable<string> }): Promise<void> => {
  const draft = await open(`${file.path}.new`, "w");
  try {
    let chunk: string[] = [];
    for (const line of file.lines) {
      chunk.push(`${line}\n`);
      if (chunk.length === 1000) {
        await draft.appendFile(chunk.join(""));
        chunk = [];
      }
    }
    await draft.appendFile(chunk.join(""));
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file.path}.new`, file.path);
  const folder = await open(directory, "r");
  await folder.sync().finally(() => folder.close());
};
