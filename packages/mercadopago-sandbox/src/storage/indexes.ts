import type { Table } from "./store.ts";

/** Finds the rows of a table by something else than their id, without reading the whole table. */
export type Index<T> = (key: string) => T[];

/** Keeps an index up to date; `keysOf` names the keys of a row (none: the row is not in the index). */
export const indexBy = <T>(table: Table<T>, keysOf: (row: T) => string[]): Index<T> => {
  const buckets = new Map<string, Set<T>>();
  const drop = (row: T) => {
    for (const key of keysOf(row)) {
      const bucket = buckets.get(key);
      bucket?.delete(row);
      if (bucket?.size === 0) buckets.delete(key);
    }
  };
  table.onChange((next, previous) => {
    if (previous !== undefined) drop(previous);
    if (next === undefined) return;
    for (const key of keysOf(next)) {
      const bucket = buckets.get(key) ?? new Set<T>();
      bucket.add(next);
      buckets.set(key, bucket);
    }
  });
  return (key) => [...(buckets.get(key) ?? [])];
};
