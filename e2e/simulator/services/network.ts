import type { Life } from "../engine/process.ts";
import type { Sim } from "../engine/sim.ts";

/** Nobody answered: the request may have taken effect. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Names of those who talk over the network. */
export type Party = "guest" | "staff" | "order" | "payment" | "provider";

/** The lines between everybody: each may be slow, lose what it carries either way, or be cut. */
export type Network = {
  /**
   * Has a living process of `to` do `work`; what it answers comes back within `budgetMs`.
   * @throws NoAnswer when none came in time
   */
  readonly call: <Server extends { readonly life: Life }, Value>(
    caller: { readonly party: Party; readonly life: Life },
    to: { readonly party: Party; readonly pick: () => Server | null },
    request: {
      readonly what: string;
      readonly budgetMs: number;
      readonly work: (server: Server) => Promise<Value>;
    },
  ) => Promise<Value>;
  readonly cut: (one: Party, other: Party) => void;
  readonly heal: () => void;
};

const SLOW_MS = 4_000;

export function makeNetwork(sim: Sim): Network {
  const cuts = new Set<string>();
  const lineOf = (one: Party, other: Party) => [one, other].sort().join("-");
  const latency = () => sim.dice.between(1, 40) + (sim.faults.strikes("slow") ? SLOW_MS : 0);
  return {
    call: ({ party, life }, to, { what, budgetMs, work }) =>
      new Promise((resolve, reject) => {
        const isCut = () => cuts.has(lineOf(party, to.party));
        const comeBack = (end: () => void) => {
          if (isCut() || sim.faults.strikes("answerLost")) return;
          sim.time.after(latency(), () => {
            if (life.isAlive()) end();
          });
        };
        sim.time.after(budgetMs, () => {
          if (life.isAlive()) reject(new NoAnswer(`${what}: no answer in ${budgetMs} ms`));
        });
        if (isCut() || sim.faults.strikes("requestLost")) return;
        sim.time.after(latency(), () => {
          const server = to.pick();
          if (server === null) return comeBack(() => reject(new NoAnswer(`${what}: nobody is there`)));
          sim.note(`${party} asks ${server.life.name}: ${what}`);
          work(server).then(
            (value) => comeBack(() => resolve(value)),
            (error: unknown) => comeBack(() => reject(new NoAnswer(`${what}: 5xx`, { cause: error }))),
          );
        });
      }),
    cut: (one, other) => cuts.add(lineOf(one, other)),
    heal: () => cuts.clear(),
  };
}
