/** Says of what comes in crowds which ones are told, and how many went untold since the last that was. */
export type Seldom = { readonly take: (key: string, now: Date) => { readonly untold: number } | null };

const KEYS_MAX = 10_000;

/** Tells of each key once in `everySeconds`; `null` for the others. Of the longest silent ones the count is forgotten. */
export function makeSeldom(everySeconds: number): Seldom {
  const told = new Map<string, { readonly at: Date; untold: number }>();
  return {
    take: (key, now) => {
      const last = told.get(key);
      if (last !== undefined && now.getTime() - last.at.getTime() < everySeconds * 1000) {
        last.untold += 1;
        return null;
      }
      told.delete(key);
      told.set(key, { at: now, untold: 0 });
      const oldest = told.keys().next();
      if (told.size > KEYS_MAX && oldest.done !== true) told.delete(oldest.value);
      return { untold: last?.untold ?? 0 };
    },
  };
}
