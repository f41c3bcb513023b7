/** Work that goes on in the background until it is stopped. */
export type Loop = {
  readonly start: () => void;
  /** Looks for work now instead of at the next round; a wake during a round is not lost. */
  readonly wake: () => void;
  /** Ends after what is under way. */
  readonly stop: () => Promise<void>;
};

/**
 * Runs `round` again and again, never twice at a time: at once while it finds work, else when woken or after `pollMs`.
 * A round that throws (the database is away) is told to `onError` and tried again after the pause.
 * @param options.round gives back how many things it did; its signal says that the loop is being stopped
 * @param options.pollMs the pause; a function is asked before each
 * @param options.beginsAfterMs the first round comes then instead of at once
 */
export function createLoop(options: {
  readonly round: (signal: AbortSignal) => Promise<number>;
  readonly pollMs: number | (() => number);
  readonly onError: (error: unknown) => void;
  readonly beginsAfterMs?: number;
}): Loop {
  const { round, pollMs, onError, beginsAfterMs } = options;
  const pause = createPause();
  const pauseMs = typeof pollMs === "number" ? () => pollMs : pollMs;
  let stopping: AbortController | null = null;
  let running: Promise<void> = Promise.resolve();

  async function run(signal: AbortSignal): Promise<void> {
    if (beginsAfterMs !== undefined) await pause.wait(beginsAfterMs);
    while (!signal.aborted) {
      const done = await tryRound(signal);
      if (!signal.aborted && done === 0) await pause.wait(pauseMs());
    }
  }

  async function tryRound(signal: AbortSignal): Promise<number> {
    try {
      return await round(signal);
    } catch (error) {
      onError(error);
      return 0;
    }
  }

  return {
    start: () => {
      if (stopping !== null) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    wake: pause.wake,
    stop: async () => {
      stopping?.abort();
      pause.wake();
      await running;
      stopping = null;
    },
  };
}

/** Says how soon to look again, by how long looking takes. */
export type Rest = {
  /** Runs a look and times it. One that fails says nothing. */
  readonly timed: <Value>(look: () => Promise<Value>) => Promise<Value>;
  readonly pauseMs: () => number;
};

const BUSY_SHARE = 0.1;
const POLLS_MAX = 10;

/**
 * Looking for work must not become the work: where looks take long, because the store is slow or has much to look
 * through, they are not repeated before ten times as long has passed, up to ten times `pollMs`. A single long one is no
 * reason: the shorter one of the last two counts.
 */
export function createRest(pollMs: number): Rest {
  let tookMs: readonly [number, number] = [0, 0];
  return {
    timed: async (look) => {
      const before = tookMs[1];
      tookMs = [before, 0];
      const startedAt = performance.now();
      const value = await look();
      tookMs = [before, performance.now() - startedAt];
      return value;
    },
    pauseMs: () => Math.max(pollMs, Math.min(Math.min(...tookMs) / BUSY_SHARE, pollMs * POLLS_MAX)),
  };
}

/** A pause that somebody else can end. */
export type Pause = {
  /** Resolves after `ms`, when woken, or at once if it was woken since the last wait. */
  readonly wait: (ms: number) => Promise<void>;
  readonly wake: () => void;
};

/** Makes a pause for one waiter. */
export function createPause(): Pause {
  let isWoken = false;
  let end: (() => void) | null = null;
  return {
    wait: async (ms) => {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      end = null;
      isWoken = false;
    },
    wake: () => {
      isWoken = true;
      end?.();
    },
  };
}
