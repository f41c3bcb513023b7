import { beginLife, type Life } from "../engine/process.ts";
import type { Sim } from "../engine/sim.ts";

/** Some processes of one service, each begun anew a while after it died. */
export type Group<Server> = {
  /** One that lives, as a balancer picks it; `null` when none does. */
  readonly pick: () => Server | null;
  readonly living: () => readonly Server[];
  readonly crashAll: (why: string) => void;
  /** Moves the clock of one process by so many ms. */
  readonly skew: (slot: number, ms: number) => void;
  readonly size: number;
};

type Slot<Server> = { server: Server | null; skewMs: number; lives: number };

const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 5_000;

export function makeGroup<Server extends { readonly life: Life }>(
  sim: Sim,
  options: {
    readonly name: string;
    readonly size: number;
    readonly begin: (life: Life, skewMs: () => number) => Server;
  },
): Group<Server> {
  const { name, size, begin } = options;
  const slots: Slot<Server>[] = Array.from({ length: size }, () => ({
    server: null,
    skewMs: sim.dice.between(-1_500, 1_500),
    lives: 0,
  }));
  const start = (slot: Slot<Server>, index: number) => {
    slot.lives += 1;
    const skewMs = () => (sim.faults.areOver() ? 0 : slot.skewMs);
    const life = beginLife(sim, `${name}${index + 1}`, skewMs, () => {
      slot.server = null;
      sim.time.after(sim.dice.between(RESTART_MIN_MS, RESTART_MAX_MS), () => start(slot, index));
    });
    slot.server = begin(life, skewMs);
    if (slot.lives > 1) sim.note(`${life.name} is back`);
  };
  slots.forEach(start);
  const living = () => slots.flatMap(({ server }) => (server === null ? [] : [server]));
  return {
    pick: () => {
      const all = living();
      return all.length === 0 ? null : sim.dice.pick(all);
    },
    living,
    crashAll: (why) => {
      for (const { life } of living()) life.crash(why);
    },
    skew: (index, ms) => {
      const slot = slots[index];
      if (slot !== undefined) slot.skewMs = ms;
    },
    size,
  };
}
