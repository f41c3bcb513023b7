import type { Id } from "@comanda/primitives";
import { type Dice, makeDice } from "../../chaos/dice.ts";
import { drawRates, type FaultRates, type Faults, makeFaults } from "./faults.ts";
import { makeTimeline, type Timeline } from "./timeline.ts";
import { makeTrace, type Trace } from "./trace.ts";

/** What everything in a simulation shares: time, chance, faults, names and the record. */
export type Sim = {
  readonly seed: number;
  readonly time: Timeline;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly newId: () => Id;
  readonly note: (what: string, detail?: () => string) => void;
};

/** A Tuesday noon in São Paulo; a run may pass the end of a business day, never the year. */
const START_MS = Date.UTC(2026, 2, 10, 15, 0, 0);

export function makeSim(seed: number, write: ((line: string) => void) | null): Sim {
  const time = makeTimeline(START_MS);
  const trace = makeTrace(START_MS, write);
  const note = (what: string, detail?: () => string) =>
    trace.note({ at: time.now(), what, ...(detail === undefined ? {} : { detail }) });
  return {
    seed,
    time,
    // Dice of their own, so that what strikes does not change what guests are.
    dice: makeDice(seed, "events"),
    faults: makeFaults(ratesOf(seed), makeDice(seed, "faults")),
    trace,
    newId: makeIds(time),
    note,
  };
}

/** In one shop of ten there is no money in the account all day: no refund gets anywhere before the calm. */
function ratesOf(seed: number): FaultRates {
  const rates = drawRates(makeDice(seed, "weather"));
  return makeDice(seed, "account").chance(0.1) ? { ...rates, refundFails: 1 } : rates;
}

/** Ids as the house makes them (UUIDv7), but counted instead of thrown. */
function makeIds(time: Timeline): () => Id {
  let count = 0;
  return () => {
    count += 1;
    const ms = Math.floor(time.now()).toString(16).padStart(12, "0");
    const tail = count.toString(16).padStart(15, "0");
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(3)}`;
  };
}
