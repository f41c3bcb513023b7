import type { Life } from "../engine/process.ts";
import type { Sim } from "../engine/sim.ts";

/** Background work of one process: rounds that follow each other, woken or when something is due. */
export type Loop = {
  /** Looks at once. */
  readonly wake: () => void;
  /** Something was written that may be due sooner than what was known. */
  readonly poke: () => void;
};

/**
 * What `createLoop` does, in simulated time: a round, again at once while it finds work, else after the pause. Rounds
 * that would find nothing are left out: `dueAt` tells when there will be something.
 */
export function runLoop(
  sim: Sim,
  life: Life,
  loop: {
    readonly name: string;
    readonly pauseMs: () => number;
    readonly dueAt: () => number | null;
    readonly round: () => Promise<number>;
  },
): Loop {
  let isRunning = false;
  let isWoken = false;
  let next = Number.POSITIVE_INFINITY;
  let arranged = 0;

  const arrange = (at: number) => {
    if (at >= next) return;
    next = at;
    arranged += 1;
    const mine = arranged;
    sim.time.after(at - sim.time.now(), () => {
      if (mine === arranged) begin();
    });
  };
  const begin = () => {
    next = Number.POSITIVE_INFINITY;
    if (!life.isAlive() || isRunning) return;
    isRunning = true;
    isWoken = false;
    loop.round().then(end, () => end(0));
  };
  const end = (found: number) => {
    isRunning = false;
    if (!life.isAlive()) return;
    if (found > 0) return arrange(sim.time.now());
    rest();
  };
  const rest = () => {
    const due = loop.dueAt();
    if (due !== null) arrange(Math.max(due, sim.time.now() + (isWoken ? 0 : loop.pauseMs())));
  };
  rest();
  const poke = () => {
    if (!isRunning && life.isAlive()) rest();
  };
  return {
    poke,
    wake: () => {
      isWoken = true;
      poke();
    },
  };
}
