import { setTimeout as delay } from "node:timers/promises";

/** How many guests act at the same time; one who only waits makes room. */
export type Lanes = {
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
  readonly stepAside: (ms: number) => Promise<void>;
};

/** Lanes, first come first served. */
export function makeLanes(count: number): Lanes {
  let free = count;
  const queue: (() => void)[] = [];
  const enter = async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = () => {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const stepAside = async (ms: number) => {
    leave();
    await delay(ms);
    await enter();
  };
  return { enter, leave, stepAside };
}
