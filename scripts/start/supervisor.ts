import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "@comanda/primitives";
import type { LogFile } from "./log-file.ts";
import { StartFailure } from "./start-failure.ts";
import { watchOutput } from "./watch-output.ts";

/** One process of the system. */
export type ProcessPlan = {
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** Path of its main file. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answers 2xx when it can do its work. */
  readonly readyUrl: string;
};

/** A process that is kept running. */
export type Supervised = {
  readonly name: string;
  /** Process id now; it changes when a crashed process was started again. */
  readonly pid: () => number | undefined;
  /** Asks it to finish, and ends it when it takes longer than `patienceMs`. */
  readonly stop: (patienceMs: number) => Promise<void>;
};

const readyTimeoutMs = 60_000;
const readyPollMs = 40;
const restartBaseMs = 500;
const restartMaxMs = 10_000;

/**
 * Starts a process, resolves when it is ready, and from then on starts it again whenever it ends by itself.
 *
 * @throws StartFailure when it ends or stays unready before it was ready once; it quotes the process's own last words
 */
export async function supervise(
  plan: ProcessPlan,
  outside: { readonly log: LogFile; readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<Supervised> {
  const { log, say } = outside;
  let running = spawnProcess(plan, { log, say });
  let isStopping = false;
  const stop = async (patienceMs: number) => {
    isStopping = true;
    await endProcess(running.child, patienceMs);
  };

  try {
    await becomesReady({ plan, running, signal: outside.signal });
  } catch (error) {
    await stop(2_000);
    throw error;
  }
  void keepRunning();
  return { name: plan.name, pid: () => running.child.pid, stop };

  async function keepRunning(): Promise<void> {
    let attempt = 0;
    let wasReady = true;
    for (;;) {
      await running.ended;
      if (isStopping) return;
      // Only one that cannot start is left to wait: one that did its work is missed by guests, however often it dies.
      attempt = wasReady ? 1 : attempt + 1;
      const waitMs = backoffMs({ attempt, baseMs: restartBaseMs, maxMs: restartMaxMs });
      say(`${plan.name} parou sozinho (${howItEnded(running.child)}); reiniciando em ${(waitMs / 1000).toFixed(1)} s`);
      await delay(waitMs);
      if (isStopping) return;
      running = spawnProcess(plan, { log, say });
      wasReady = false;
      void becomesReady({ plan, running, signal: outside.signal }).then(
        () => {
          wasReady = true;
          say(`${plan.name} voltou`);
        },
        () => {}, // it ended again, which the next turn of the loop says
      );
    }
  }
}

type Running = { readonly child: ChildProcess; readonly ended: Promise<void>; readonly lastWords: () => string };

function spawnProcess(plan: ProcessPlan, outside: { log: LogFile; say: (line: string) => void }): Running {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", plan.script], {
    // The channel closes when we die, even by kill -9; the process then ends itself.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in good order.
    detached: process.platform !== "win32",
    windowsHide: true,
    env: plan.environment,
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return { child, ended, lastWords: watchOutput({ name: plan.name, child, ...outside }) };
}

async function becomesReady(options: { plan: ProcessPlan; running: Running; signal: AbortSignal }): Promise<void> {
  const { plan, running, signal } = options;
  let isOver = false;
  void running.ended.then(() => {
    isOver = true;
  });
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await answers(plan.readyUrl))) {
    signal.throwIfAborted();
    if (isOver || performance.now() > deadline) {
      // What it said last may still be in the pipe.
      if (isOver) await Promise.race([running.child.stderr && once(running.child.stderr, "close"), delay(300)]);
      throw notReady({ plan, running, isOver });
    }
    await delay(readyPollMs);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function notReady({ plan, running, isOver }: { plan: ProcessPlan; running: Running; isOver: boolean }): StartFailure {
  const words = running.lastWords();
  const quoted = words === "" ? "" : `: ${words}`;
  if (isOver) {
    return new StartFailure({
      pt: `O processo ${plan.name} não conseguiu iniciar (${howItEnded(running.child)})${quoted}`,
      en: `The process ${plan.name} could not start; its own words are above, the whole log is in DATA_DIR/logs.`,
    });
  }
  return new StartFailure({
    pt: `O processo ${plan.name} não ficou pronto em ${readyTimeoutMs / 1000} s${quoted}`,
    en: `The process ${plan.name} was not ready within ${readyTimeoutMs / 1000} s; its log is in DATA_DIR/logs.`,
  });
}

function howItEnded(child: ChildProcess): string {
  return child.signalCode === null ? `código ${child.exitCode ?? "?"}` : `sinal ${child.signalCode}`;
}

async function endProcess(child: ChildProcess, patienceMs: number): Promise<void> {
  const isOver = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (isOver()) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await Promise.race([exit, delay(patienceMs)]);
  if (isOver()) return;
  child.kill("SIGKILL");
  await exit;
}
