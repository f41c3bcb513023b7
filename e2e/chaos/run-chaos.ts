import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type System, startSystem } from "@comanda/testing/system";
import { adminAtWork, plainProducts, type StaffAtWork } from "@comanda/testing/system-client";
import { checkStuck } from "./check-life.ts";
import { check, type Report } from "./checker.ts";
import { makeClient } from "./client.ts";
import { makeDice } from "./dice.ts";
import { type Dump, readBooks, readDump } from "./dump.ts";
import { startBadDay } from "./faults.ts";
import { type History, openHistory } from "./history.ts";
import { startKiller } from "./killer.ts";
import { makeLanes } from "./lanes.ts";
import { planVisits } from "./plan.ts";
import { playVisit } from "./stories.ts";
import type { Run } from "./visit.ts";

export type ChaosOptions = {
  readonly seed: number;
  readonly orders: number;
  /** Guests who act at the same time. */
  readonly guests: number;
  readonly killEveryMs: number;
  /** Seconds that a QR and an unpaid order live: short, so that a run sees them pass. */
  readonly expiry: { readonly payment: number; readonly order: number };
  /** Where history, dump and the services' logs go. */
  readonly directory: string;
  /** Payments in this MongoDB instead of PostgreSQL. */
  readonly mongodbUri?: string;
  /** How long after the last fault everything must have ended; a minute unless the machine may be slow. */
  readonly calmMs?: number;
  readonly say: (line: string) => void;
  /** Told of the system as soon as it runs, so that an interrupted run can take it down. */
  readonly onStarted?: (system: System) => void;
};

/** How long after the last fault, and after the last unpaid order's time, everything must have ended. */
const CALM_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

/** Runs the whole system through a seeded storm, lets it calm down, and judges it by what was written down. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { directory, mongodbUri, say } = options;
  await mkdir(directory, { recursive: true });
  const history = openHistory(join(directory, "history.jsonl"));
  const system = await startSystem({
    PAYMENT_EXPIRES_IN: String(options.expiry.payment),
    ORDER_EXPIRES_IN: String(options.expiry.order),
    DATA_DIR: join(directory, "data"),
    ...(mongodbUri === undefined ? {} : { MONGODB_URI: mongodbUri }),
  });
  options.onStarted?.(system);
  try {
    const staff = await adminAtWork(system);
    const products = await plainProducts(system);
    const client = makeClient(history);
    const run = { seed: options.seed, system, client, lanes: makeLanes(options.guests), products, staff };
    await storm(run, { options, history });
    history.add({ kind: "phase", at: Date.now(), name: "calm" });
    say(`calm after ${await calmDown(system, staff, options.calmMs ?? CALM_MS)} s`);
    const dump = await readDump(system, staff);
    await writeFile(join(directory, "dump.json"), JSON.stringify(dump));
    return check(history.entries, dump);
  } finally {
    await writeFile(join(directory, "start.log"), system.output());
    await system.stop();
    await history.close();
  }
}

async function storm(run: Run, { options, history }: { options: ChaosOptions; history: History }): Promise<void> {
  const { seed, orders, killEveryMs, say } = options;
  const badDay = await startBadDay(run.system, seed);
  const killer = startKiller({ system: run.system, dice: makeDice(seed, "killer"), history, everyMs: killEveryMs });
  history.add({ kind: "phase", at: Date.now(), name: "storm" });
  const began = Date.now();
  const visits: Promise<void>[] = [];
  for (const plan of planVisits({ seed, orders })) {
    await run.lanes.enter();
    if (plan.guest > 0 && plan.guest % 100 === 0) {
      say(`${plan.guest} guests in ${Math.round((Date.now() - began) / 1000)} s, ${killer.kills()} kills`);
    }
    const visit = playVisit(run, plan).catch((error: unknown) => say(`a guest left: ${String(error)}`));
    visits.push(visit.finally(run.lanes.leave));
  }
  await Promise.all(visits);
  await killer.stop();
  await badDay.end();
}

/** Waits until nothing is on its way any more, at most `calmMs` after it could be. @returns seconds waited */
async function calmDown(system: System, staff: StaffAtWork, calmMs: number): Promise<number> {
  const began = Date.now();
  let deadline = began + calmMs;
  for (;;) {
    const books = await booksOf(system, staff);
    if (books !== null) {
      if (checkStuck(books).length === 0) break;
      const waiting = books.orders.filter(({ status }) => status === "requested");
      const expiries = waiting.map((order) => Date.parse(order.expires_at));
      deadline = Math.max(deadline, ...expiries.map((expiry) => expiry + calmMs));
    }
    if (Date.now() > deadline) break;
    await delay(LOOK_EVERY_MS);
  }
  return Math.round((Date.now() - began) / 1000);
}

async function booksOf(system: System, staff: StaffAtWork): Promise<Omit<Dump, "tracking" | "flows"> | null> {
  try {
    return await readBooks(system, staff);
  } catch {
    // The last one killed is still coming up.
    return null;
  }
}
