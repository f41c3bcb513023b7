import { type Journal, memoryJournal, openJournal } from "./journal.ts";
import { upgradeRow } from "./upgrade-row.ts";

/** One kind of thing the sandbox remembers, by id, in order of first arrival. Values are never changed in place. */
export type Table<T> = {
  get: (id: string) => T | undefined;
  put: (id: string, value: T) => void;
  remove: (id: string) => void;
  values: () => Iterable<T>;
  size: () => number;
  /** Told of every change, replay included: indexes are kept this way. */
  onChange: (listener: (next: T | undefined, previous: T | undefined) => void) => void;
};

/** Tables in memory, every change journaled. */
export type Store = {
  table: <T>(name: string) => Table<T>;
  /** Runs synchronous work whose changes become one journal line: all of it survives a crash, or none. */
  transact: <T>(work: () => T) => T;
  /** Runs when the current transaction is on disk. */
  whenDurable: (task: () => void) => void;
  /** Resolves when everything committed so far is on disk. */
  durable: () => Promise<void>;
  /** Loads what a directory holds; call once, after the tables are declared. */
  open: (directory: string | null) => Promise<void>;
  close: () => Promise<void>;
};

type Change = [table: string, id: string, value: unknown];
type Loader = { load: (id: string, value: unknown) => void; entries: () => Iterable<[string, unknown]> };

/** Builds an empty store; it keeps everything in memory until `open` names a directory. */
export const makeStore = (): Store => {
  const loaders = new Map<string, Loader>();
  let journal: Journal = memoryJournal;
  let depth = 0;
  let changes: Change[] = [];
  let tasks: (() => void)[] = [];

  const commit = () => {
    if (changes.length > 0) journal.append(JSON.stringify(changes));
    const waiting = tasks;
    [changes, tasks] = [[], []];
    if (waiting.length === 0) return;
    const run = () => {
      for (const task of waiting) task();
    };
    // A disk that refuses is told to whoever waits for the answer; what depends on it must simply not happen.
    journal.durable().then(run, () => {});
  };
  const transact = <T>(work: () => T): T => {
    depth += 1;
    try {
      return work();
    } finally {
      depth -= 1;
      if (depth === 0) commit();
    }
  };

  return {
    table: <T>(name: string) => {
      const { table, loader } = makeTable<T>((id, value) => transact(() => changes.push([name, id, value])));
      loaders.set(name, loader);
      return table;
    },
    transact,
    whenDurable: (task) => transact(() => tasks.push(task)),
    durable: () => journal.durable(),
    open: async (directory) => {
      if (directory === null) return;
      const load = (line: string) => {
        const entries: Change[] = JSON.parse(line);
        for (const [name, id, value] of entries) loaders.get(name)?.load(id, upgradeRow(name, value));
      };
      journal = await openJournal({ directory, load, snapshot: () => snapshot(loaders) });
    },
    close: () => journal.close(),
  };
};

const snapshot = function* (loaders: Map<string, Loader>): Iterable<string> {
  for (const [name, loader] of loaders) {
    for (const [id, value] of loader.entries()) yield JSON.stringify([[name, id, value]]);
  }
};

const makeTable = <T>(record: (id: string, value: T | null) => void): { table: Table<T>; loader: Loader } => {
  const rows = new Map<string, T>();
  const listeners: ((next: T | undefined, previous: T | undefined) => void)[] = [];
  const apply = (id: string, value: T | undefined) => {
    const previous = rows.get(id);
    if (value === undefined) rows.delete(id);
    else rows.set(id, value);
    for (const listener of listeners) listener(value, previous);
  };
  const table: Table<T> = {
    get: (id) => rows.get(id),
    put: (id, value) => {
      record(id, value);
      apply(id, value);
    },
    remove: (id) => {
      record(id, null);
      apply(id, undefined);
    },
    values: () => rows.values(),
    size: () => rows.size,
    onChange: (listener) => listeners.push(listener),
  };
  // The journal is written by `put` above and by nothing else, so its values have the type of their table.
  const load = (id: string, value: unknown) => apply(id, value === null ? undefined : (value as T));
  return { table, loader: { load, entries: () => rows.entries() } };
};
