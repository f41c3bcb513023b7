import type { Id } from "@comanda/primitives";
import type { Sim } from "./sim.ts";

/** The connection broke: whether the statement took effect is not known to its sender. */
export class StoreAway extends Error {
  override readonly name = "StoreAway";
}

/**
 * One life of a process. It dies between two effects, and then nothing that it had begun ever goes on: its promises stay
 * as they are for ever, as memory does when the power goes.
 */
export type Life = {
  readonly name: string;
  readonly isAlive: () => boolean;
  readonly now: () => Date;
  readonly newId: () => Id;
  readonly random: () => number;
  /** Resolves after `ms`, in this life only. */
  readonly sleep: (ms: number) => Promise<void>;
  /**
   * Something that reaches outside: the moments before and after it are where processes die and lines break.
   * @throws StoreAway when the line broke, before the effect or after it
   */
  readonly effect: <Value>(what: string, run: () => Value, options?: EffectOptions) => Promise<Value>;
  /** Dies. What has to be undone outside (open transactions) is undone. */
  readonly crash: (why: string) => void;
  readonly onCrash: (undo: () => void) => void;
};

export type EffectOptions = {
  /** Whom this effect has to wait for; the function is given what tries again. `false`: nobody. */
  readonly isBlocked?: (retry: () => void) => boolean;
  readonly detail?: () => string;
};

const STATEMENT_MIN_MS = 1;
const STATEMENT_MAX_MS = 8;
const SLOW_MS = 3_000;

/** @param onDeath called once when it dies, to begin the next life */
export function beginLife(sim: Sim, name: string, skewMs: () => number, onDeath: () => void): Life {
  let isAlive = true;
  const undos: (() => void)[] = [];
  const crash = (why: string) => {
    if (!isAlive) return;
    isAlive = false;
    sim.note(`${name} dies`, () => why);
    for (const undo of undos) undo();
    onDeath();
  };
  const latency = () =>
    sim.dice.between(STATEMENT_MIN_MS, STATEMENT_MAX_MS) + (sim.faults.strikes("slow") ? SLOW_MS : 0);

  function effect<Value>(what: string, run: () => Value, options: EffectOptions = {}): Promise<Value> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        if (!isAlive) return;
        if (options.isBlocked?.(attempt) === true) return;
        if (sim.faults.strikes("crash")) return crash(`before ${what}`);
        if (sim.faults.strikes("statementLost")) return reject(new StoreAway(`${what} never arrived`));
        let value: Value;
        try {
          value = run();
        } catch (error) {
          sim.note(`${name} ${what} refused`, options.detail);
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        sim.note(`${name} ${what}`, options.detail);
        if (sim.faults.strikes("crash")) return crash(`after ${what}`);
        if (sim.faults.strikes("commitUnanswered")) return reject(new StoreAway(`the answer to ${what} was lost`));
        resolve(value);
      };
      sim.time.after(latency(), attempt);
    });
  }

  return {
    name,
    isAlive: () => isAlive,
    now: () => new Date(sim.time.now() + skewMs()),
    newId: sim.newId,
    random: sim.dice.next,
    sleep: (ms) =>
      new Promise((resolve) =>
        sim.time.after(ms, () => {
          if (isAlive) resolve();
        }),
      ),
    effect,
    crash,
    onCrash: (undo) => undos.push(undo),
  };
}
