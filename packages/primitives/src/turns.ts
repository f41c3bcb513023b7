/** Lets work about one thing happen one after the other, work about different things side by side. */
export type Turns = {
  /** Runs `work` when everything taken earlier for `key` has ended. */
  readonly take: <Value>(key: string, work: () => Promise<Value>) => Promise<Value>;
};

/** Makes turns within this process: fewer lost races; being right never rests on it (other processes do not see it). */
export function makeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: (key, work) => {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(work, work);
      // What the earlier one threw belongs to its own caller.
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      last.set(key, settled);
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
      return mine;
    },
  };
}
