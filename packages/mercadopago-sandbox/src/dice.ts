/** Rolls dice for the faults: true with the given probability (0 never, 1 always). */
export type Dice = (probability: number) => boolean;

/** Repeatable dice: the same seed gives the same sequence of rolls (mulberry32). */
export const makeDice = (seed: number): Dice => {
  let state = seed >>> 0;
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // A sure thing still rolls, so that changing one rate does not shift the other dice.
  return (probability) => roll() < probability;
};
