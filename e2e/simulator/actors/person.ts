import { type Dice, makeDice } from "../../chaos/dice.ts";
import type { Life } from "../engine/process.ts";
import { NoAnswer, type Party } from "../services/network.ts";
import type { OrderServer, PaymentServer } from "../services/servers.ts";
import type { World } from "../services/world.ts";

/** Somebody outside: a guest with a phone, the kitchen, a cashier. People do not crash; their lines may. */
export type Person = {
  readonly name: string;
  readonly dice: Dice;
  readonly sleep: (ms: number) => Promise<void>;
  /** Asks the order service; `null` when no answer came. */
  readonly askOrder: <Value>(what: string, work: (server: OrderServer) => Promise<Value>) => Promise<Value | null>;
  readonly askPayment: <Value>(what: string, work: (server: PaymentServer) => Promise<Value>) => Promise<Value | null>;
};

const PATIENCE_MS = 10_000;

export function makePerson(world: World, name: string, party: Party): Person {
  const { sim, network } = world;
  const dice = makeDice(sim.seed, name);
  const sleep = (ms: number) => new Promise<void>((resolve) => sim.time.after(ms, resolve));
  const life: Life = {
    name,
    isAlive: () => true,
    now: () => new Date(sim.time.now()),
    newId: sim.newId,
    random: dice.next,
    sleep,
    effect: async (_what, run) => run(),
    crash: () => undefined,
    onCrash: () => undefined,
  };
  const orNull = async <Value>(asked: Promise<Value>): Promise<Value | null> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof NoAnswer) return null;
      throw error;
    }
  };
  return {
    name,
    dice,
    sleep,
    askOrder: (what, work) => {
      if (!what.startsWith("GET ")) world.acted(0);
      return orNull(
        network.call(
          { party, life },
          { party: "order", pick: () => world.orders().pick() },
          { what, budgetMs: PATIENCE_MS, work },
        ),
      );
    },
    askPayment: (what, work) => {
      world.acted(0);
      return orNull(
        network.call(
          { party, life },
          { party: "payment", pick: () => world.payments().pick() },
          { what, budgetMs: PATIENCE_MS, work },
        ),
      );
    },
  };
}
