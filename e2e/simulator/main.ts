// The simulator: `npm run simulate -- [--seeds 10000] [--from 1] [--seed 7] [--bug NAME] [--trace]`; see README.md here.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { BUGS } from "./bugs/bugs.ts";
import { runSeed } from "./run-seed.ts";
import { addOutcome, describe, joined, noSeeds, type Summary } from "./summary.ts";

/** One thread's share: every `step`th seed from `from` on. */
type Share = { readonly from: number; readonly count: number; readonly step: number; readonly bug: string | null };

const say = (line: string) => process.stdout.write(`${line}\n`);

if (isMainThread) await command();
else parentPort?.postMessage(await runShare(workerData as Share)); // given below

async function command(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      seeds: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
      bug: { type: "string" },
      trace: { type: "boolean", default: false },
    },
  });
  const bug = values.bug ?? null;
  plantedOf(bug);
  const begun = performance.now();
  const summary =
    values.seed === undefined
      ? await runMany({ from: number(values.from), count: number(values.seeds), threads: number(values.threads), bug })
      : await runOne(number(values.seed), { bug, isTraced: values.trace });
  say(describe(summary, { seconds: (performance.now() - begun) / 1000, bug }));
  process.exitCode = summary.failed.length === 0 ? 0 : 1;
}

async function runOne(
  seed: number,
  options: { readonly bug: string | null; readonly isTraced: boolean },
): Promise<Summary> {
  const summary = noSeeds();
  addOutcome(summary, await runSeed(seed, { planted: plantedOf(options.bug), write: options.isTraced ? say : null }));
  return summary;
}

async function runMany(run: {
  readonly from: number;
  readonly count: number;
  readonly threads: number;
  readonly bug: string | null;
}): Promise<Summary> {
  const { from, count, threads, bug } = run;
  const shares = Array.from({ length: Math.max(1, threads) }, (_, index) => ({
    from: from + index,
    count: Math.ceil((count - index) / threads),
    step: threads,
    bug,
  }));
  return joined(await Promise.all(shares.map(inThread)));
}

function inThread(share: Share): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function runShare({ from, count, step, bug }: Share): Promise<Summary> {
  const summary = noSeeds();
  const planted = plantedOf(bug);
  for (let index = 0; index < count; index += 1) addOutcome(summary, await runSeed(from + index * step, { planted }));
  return summary;
}

function plantedOf(name: string | null) {
  if (name === null) return null;
  const planted = BUGS.find((bug) => bug.name === name);
  if (planted !== undefined) return planted;
  throw new Error(`no such bug: ${name}; there are ${BUGS.map((bug) => bug.name).join(", ")}`);
}

function number(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${text} is no whole number`);
}
