/** A piece of background work, done again and again until stopped. */
export type Repeating = { readonly start: () => void; readonly stop: () => Promise<void> };

/**
 * Does `work` every `everyMs`, never twice at a time. A round that fails is logged and the next one tries again: the
 * database may be away for a while.
 */
export function repeat(options: {
  readonly name: string;
  readonly everyMs: number;
  /** Ends early when the signal says that the service stops. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly log: { readonly error: (record: object, message: string) => void };
}): Repeating {
  const { name, everyMs, work, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  const stopping = new AbortController();
  let round: Promise<void> = Promise.resolve();

  async function once(): Promise<void> {
    try {
      await work(stopping.signal);
    } catch (error) {
      log.error({ err: error, job: name }, "background work failed; it will be tried again");
    }
    if (running) schedule();
  }

  function schedule(): void {
    timer = setTimeout(() => {
      round = once();
    }, everyMs);
  }

  return {
    start: () => {
      if (running) return;
      running = true;
      schedule();
    },
    stop: async () => {
      running = false;
      stopping.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
