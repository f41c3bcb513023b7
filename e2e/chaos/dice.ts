/** Chance that can be repeated: the same seed and name throw the same. */
export type Dice = {
  /** At least 0, below 1. */
  readonly next: () => number;
  readonly chance: (probability: number) => boolean;
  /** A whole number from `from` to `to`, both included. */
  readonly between: (from: number, to: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** By weight. */
  readonly weigh: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name;
};

/** Dice of their own for each purpose, so that what one part throws does not change what another gets. */
export function makeDice(seed: number, name: string): Dice {
  let state = hash(`${seed} ${name}`);
  // mulberry32 (public domain): small, and good enough for choosing stories.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
    weigh: (weights) => weigh(weights, next()),
  };
}

function weigh<Name extends string>(weights: Readonly<Record<Name, number>>, thrown: number): Name {
  const names = Object.keys(weights) as Name[]; // the keys of the record are its type
  let left = thrown * names.reduce((sum, name) => sum + weights[name], 0);
  for (const name of names) {
    left -= weights[name];
    if (left < 0) return name;
  }
  throw new RangeError("nothing to weigh");
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value | 0;
}
