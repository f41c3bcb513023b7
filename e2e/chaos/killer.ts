import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { System } from "@comanda/testing/system";
import type { Dice } from "./dice.ts";
import type { History } from "./history.ts";

/** Kills until it is told to stop. */
export type Killer = { readonly kills: () => number; readonly stop: () => Promise<void> };

const SERVICES = ["auth", "order", "payment", "gateway", "mercadopago-sandbox"] as const;
const POSTGRES_SHARE = 0.1;

/**
 * Ends a random process of the system by `kill -9` every `everyMs`; which one, the dice say. Only children of this
 * system's own start, and its own PostgreSQL.
 */
export function startKiller(options: {
  readonly system: System;
  readonly dice: Dice;
  readonly history: History;
  readonly everyMs: number;
}): Killer {
  const { system, dice, history, everyMs } = options;
  let kills = 0;
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(once, once);
  }, everyMs);

  async function once(): Promise<void> {
    const wantsPostgres = dice.chance(POSTGRES_SHARE);
    const wanted = dice.between(0, SERVICES.length - 1);
    const running = await childrenOf(system);
    const victim = nextAlive(running, wantsPostgres ? ["postgres"] : [...SERVICES.slice(wanted), ...SERVICES]);
    if (victim === null || !(await tryKill(victim.pid))) return;
    kills += 1;
    history.add({ kind: "kill", at: Date.now(), ...victim });
  }

  return {
    kills: () => kills,
    stop: async () => {
      clearInterval(timer);
      await round;
    },
  };
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

async function tryKill(pid: number): Promise<boolean> {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    // It ended by itself a moment ago.
    return false;
  }
}
