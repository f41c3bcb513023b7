import type { DeskLog } from "./charge-desk.ts";

/** Work that goes on in the background until it is stopped. */
export type Loop = {
  readonly start: () => void;
  /** Looks for work now instead of at the next round. */
  readonly wake: () => void;
  /** Ends after what is under way. */
  readonly stop: () => Promise<void>;
};

/**
 * Runs `round` again and again: at once while it finds work, else when woken or after `pollMs`. A round that throws (the
 * database is away) is logged and tried again after the pause.
 * @param options.round gives back how many things it did
 */
export function makeLoop(options: {
  readonly name: string;
  readonly round: () => Promise<number>;
  readonly pollMs: number;
  readonly log: DeskLog;
}): Loop {
  let isRunning = false;
  let isWoken = false;
  let interrupt = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    while (isRunning) {
      isWoken = false;
      const done = await tryRound();
      if (isRunning && done === 0 && !isWoken) await pause();
    }
  }

  async function tryRound(): Promise<number> {
    try {
      return await options.round();
    } catch (error) {
      options.log.error({ err: error, loop: options.name }, "a round failed");
      await pause();
      return 0;
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, options.pollMs);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    start: () => {
      if (isRunning) return;
      isRunning = true;
      running = run();
    },
    wake: () => {
      isWoken = true;
      interrupt();
    },
    stop: async () => {
      isRunning = false;
      interrupt();
      await running;
    },
  };
}
