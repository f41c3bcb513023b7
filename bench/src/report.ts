import { appendFile, mkdir } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import type { Outcome } from "./load.ts";

/** One figure of a run: what was measured, and against which limit of the same run. */
export type Figure = {
  readonly scenario: string;
  readonly contestant: string;
  readonly outcome: Outcome;
  /**
   * This contestant's rate divided by the limit's, turn by turn where they took turns, and of those the one in the middle;
   * `null` for a limit itself or where there is none.
   */
  readonly ratio: number | null;
  readonly limit: string | null;
};

/** Figures of contestants against the one named `limit`. */
export function against(limit: string, scenario: string, outcomes: ReadonlyMap<string, Outcome>): Figure[] {
  const top = outcomes.get(limit);
  if (top === undefined) throw new Error(`no contestant is named ${limit}`);
  return [...outcomes].map(([contestant, outcome]) => ({
    scenario,
    contestant,
    outcome,
    ratio: contestant === limit ? null : ratioOf(outcome, top),
    limit: contestant === limit ? null : limit,
  }));
}

/** Of two that took turns only what ran side by side is compared: the next second may be another machine. */
function ratioOf({ perSecond, turns = [perSecond] }: Outcome, top: Outcome): number {
  const { turns: topTurns = [top.perSecond] } = top;
  const ratios = turns.flatMap((rate, turn) => (topTurns[turn] === undefined ? [] : [rate / topTurns[turn]]));
  return ratios.toSorted((left, right) => left - right)[Math.floor(ratios.length / 2)] ?? Number.NaN;
}

/** Prints the figures as a table and keeps them, one line per run, in `bench/results/`. */
export async function report(figures: readonly Figure[]): Promise<void> {
  const rows = figures.map(({ scenario, contestant, outcome, ratio, limit }) => ({
    scenario,
    contestant,
    "per s": Math.round(outcome.perSecond),
    "p50 ms": round(outcome.p50Ms),
    "p99 ms": round(outcome.p99Ms),
    wrong: outcome.wrong,
    ratio: ratio === null ? "" : `${ratio.toFixed(2)} of ${limit}`,
  }));
  console.table(rows);
  await mkdir("bench/results", { recursive: true });
  const run = {
    at: new Date().toISOString(),
    node: process.version,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    // Of the last minutes, the run's own work included: a machine that others use tells little.
    load: loadavg().map(round),
    figures: figures.map(({ outcome, ratio, ...rest }) => ({
      ...rest,
      perSecond: Math.round(outcome.perSecond),
      p50Ms: round(outcome.p50Ms),
      p99Ms: round(outcome.p99Ms),
      wrong: outcome.wrong,
      ratio: ratio === null ? null : Number(ratio.toFixed(3)),
    })),
  };
  await appendFile("bench/results/runs.jsonl", `${JSON.stringify(run)}\n`);
  console.log("\nKept in bench/results/runs.jsonl. Compare ratios of one run, never a lone figure.");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
