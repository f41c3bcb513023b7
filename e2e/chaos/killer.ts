import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { System } from "@comanda/testing/system";
import type { Dice } from "./dice.ts";
import type { History } from "./history.ts";

/** Kills until it is told to stop. */
export type Killer = { readonly kills: () => number; readonly stop: () => Promise<void> };

const SERVICES = ["auth", "order", "payment", "gateway", "mercadopago-sandbox"] as const;
const POSTGRES_SHARE = 0.1;
/** One that is not back by now will not be waited for; the checker will tell what came of it. */
const BACK_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

/**
 * Ends a random process of the system by `kill -9` every `everyMs`; which one, the dice say. On a machine so busy that
 * the one before is not back by then, the next one dies when it is: else only the restarts would be tested. Only
 * children of this system's own start are killed, and its own PostgreSQL.
 */
export function startKiller(options: {
  readonly system: System;
  readonly dice: Dice;
  readonly history: History;
  readonly everyMs: number;
}): Killer {
  const { system, dice, history, everyMs } = options;
  const stopping = new AbortController();
  let kills = 0;

  async function once(): Promise<void> {
    const wantsPostgres = dice.chance(POSTGRES_SHARE);
    const wanted = dice.between(0, SERVICES.length - 1);
    const running = await childrenOf(system);
    const victim = nextAlive(running, wantsPostgres ? ["postgres"] : [...SERVICES.slice(wanted), ...SERVICES]);
    if (victim === null || !tryKill(victim.pid)) return;
    kills += 1;
    history.add({ kind: "kill", at: Date.now(), ...victim });
    await untilBack(readyUrlOf(system, victim.process), stopping.signal);
  }

  async function again(): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = Date.now() + everyMs;
      await once();
      await pause(Math.max(0, next - Date.now()), stopping.signal);
    }
  }

  const killing = pause(everyMs, stopping.signal).then(again);
  return {
    kills: () => kills,
    stop: async () => {
      stopping.abort();
      await killing;
    },
  };
}

function readyUrlOf(system: System, process: string): string {
  const { auth, order, payment, web, sandbox } = system;
  // Whoever needs the database says when it is there.
  const urls: Readonly<Record<string, string>> = { auth, order, payment, gateway: web, postgres: order };
  return `${urls[process] ?? sandbox}/ready`;
}

async function untilBack(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + BACK_WITHIN_MS;
  while (!signal.aborted && Date.now() < deadline) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      if (answer.ok) return;
    } catch {
      // Still down.
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** Waits, or ends early. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** The first of these that is alive. */
function nextAlive(running: ReadonlyMap<string, number>, names: readonly string[]) {
  for (const process of names) {
    const pid = running.get(process);
    if (pid !== undefined) return { process, pid };
  }
  return null;
}

/** What of this system runs now: services by the name of their folder, and PostgreSQL, which is our own child. */
async function childrenOf(system: System): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,ppid=,args="]);
  const found = new Map<string, number>();
  for (const line of stdout.split("\n")) {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const name = /\/([\w-]+)\/src\/main\.ts/.exec(command)?.[1];
    if (Number(parent) === system.pid && name !== undefined) found.set(name, Number(pid));
    if (Number(parent) === process.pid && Number(pid) === system.postgresPid()) found.set("postgres", Number(pid));
  }
  return found;
}

function tryKill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // It ended by itself a moment ago.
    return false;
  }
}
