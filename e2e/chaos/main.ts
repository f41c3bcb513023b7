// The chaos run: `npm run chaos -- --seed 7 --orders 1000 [--mongodb]`; see e2e/README.md.
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startMongoServer } from "@comanda/testing/mongo";
import { check, describeReport, type Report } from "./checker.ts";
import type { Dump } from "./dump.ts";
import type { Entry } from "./history.ts";
import { runChaos } from "./run-chaos.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    orders: { type: "string", default: "1000" },
    guests: { type: "string", default: "12" },
    mongodb: { type: "boolean", default: false },
    /** Judges a kept run once more. */
    check: { type: "string" },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const seed = wholeNumber("seed", values.seed);

const report = values.check === undefined ? await runAnew() : await judgeAgain(values.check);
process.exitCode = report.violations.length === 0 ? 0 : 1;

async function runAnew(): Promise<Report> {
  const directory = join(".cache", "chaos", `${seed}-${Date.now()}`);
  await mkdir(directory, { recursive: true });
  const mongo = values.mongodb ? await startMongoServer() : null;
  if (values.mongodb && mongo === null) throw new Error("no MongoDB to run on; see docs/payment-stores.md");
  try {
    const report = await runChaos({
      seed,
      orders: wholeNumber("orders", values.orders),
      guests: wholeNumber("guests", values.guests),
      killEveryMs: 2_000,
      expiry: { payment: 60, order: 120 },
      directory,
      ...(mongo === null ? {} : { mongodbUri: mongo.uri(`chaos_${seed}_${process.pid}`) }),
      say,
      onStarted: (system) => {
        for (const signal of ["SIGINT", "SIGTERM"] as const) {
          process.once(signal, () => void system.stop().finally(() => process.exit(130)));
        }
      },
    });
    say(describeReport(report, seed));
    if (report.violations.length > 0) say(`history, dump and logs are kept in ${directory}`);
    else await rm(directory, { recursive: true, force: true });
    return report;
  } finally {
    await mongo?.stop();
  }
}

async function judgeAgain(directory: string): Promise<Report> {
  const lines = (await readFile(join(directory, "history.jsonl"), "utf8")).split("\n").filter((line) => line !== "");
  const dump = JSON.parse(await readFile(join(directory, "dump.json"), "utf8")) as Dump; // written by a run
  const report = check(
    lines.map((line) => JSON.parse(line) as Entry), // written by a run
    dump,
  );
  say(describeReport(report, seed));
  return report;
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text} is no whole number`);
}
