import { StartFailure } from "./start-failure.ts";

/** Something that was begun and must be ended. */
export type Begun = {
  readonly stop: () => void | Promise<void>;
  /** Makes a start that is under way fail with `reason`, soon. */
  readonly giveUp?: (reason: unknown) => void;
};

/** Ctrl-C or its like, before everything was up. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Runs `start`, then waits for a signal (or the end of the process that started us), then stops what was begun, the
 * last begun first, and exits: 0 after a regular stop, 130 when interrupted while starting, 1 with one clear sentence
 * when it could not start.
 */
export async function runUntilStopped(start: (onStop: (begun: Begun) => void) => Promise<void>): Promise<never> {
  // A terminal that was closed, or a pipe whose reader left: stopping in good order matters more than the words.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
  const begun: Begun[] = [];
  const isAsked = new Promise<Interrupted>((resolve) => {
    // Asked twice (the terminal and npm both pass Ctrl-C on) is asked once.
    const ask = () => {
      const interrupted = new Interrupted("asked to stop while starting");
      for (const { giveUp } of begun) giveUp?.(interrupted);
      resolve(interrupted);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
    process.on("disconnect", ask);
  });
  let exitCode = 0;
  try {
    await start((each) => begun.unshift(each));
    await isAsked;
    process.stdout.write("\n  Parando…\n");
  } catch (error) {
    exitCode = error instanceof Interrupted ? 130 : 1;
    if (exitCode === 1) process.stderr.write(`\n${wordsOf(error)}\n`);
  }
  for (const { stop } of begun) await stop();
  process.exit(exitCode);
}

function wordsOf(error: unknown): string {
  if (error instanceof StartFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
