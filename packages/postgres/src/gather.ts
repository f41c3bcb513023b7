import { isTransient } from "./sql-state.ts";

/** Takes single items and answers each, while the work is done for many at once. */
export type Gatherer<Item, Answer> = { readonly submit: (item: Item) => Promise<Answer> };

type Waiting<Item, Answer> = {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * A write combiner: items that arrive while statements are under way go together into the next one, so that one round
 * trip and one commit serve many requests, the more the busier it is. A lone item goes at once.
 *
 * A statement that fails for what is in it is repeated for each item alone, so that one bad item fails alone. A
 * connection that broke is different: whether the statement took effect is unknown, so every item learns of the failure
 * and its sender must be able to repeat it safely.
 *
 * @param options.run does the work for a batch and answers in its order
 * @param options.batchMax most items of one statement
 * @param options.inFlightMax most statements at a time; with one, the next is the fuller for waiting
 * @param options.isAboutAll says of an error that it is not about what is in the batch, so that repeating the items one
 * by one would not help, or might do them twice; default: what is transient in PostgreSQL
 */
export function createGatherer<Item, Answer>(options: {
  readonly run: (batch: readonly Item[]) => Promise<readonly Answer[]>;
  readonly batchMax: number;
  readonly inFlightMax: number;
  readonly isAboutAll?: (error: unknown) => boolean;
}): Gatherer<Item, Answer> {
  const { run, batchMax, inFlightMax, isAboutAll = isTransient } = options;
  let waiting: Waiting<Item, Answer>[] = [];
  let inFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || inFlight >= inFlightMax) return;
    isScheduled = true;
    // After the requests that the network handed over together: they go together, and a lone one waits for nobody.
    setImmediate(() => {
      isScheduled = false;
      dispatch();
    });
  }

  function dispatch(): void {
    while (waiting.length > 0 && inFlight < inFlightMax) {
      const batch = waiting.slice(0, batchMax);
      waiting = waiting.slice(batchMax);
      inFlight += 1;
      void send(batch);
    }
  }

  async function send(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      await answerAll(batch);
    } catch (error) {
      if (batch.length === 1 || isAboutAll(error)) for (const { reject } of batch) reject(error);
      else await sendEachAlone(batch);
    } finally {
      inFlight -= 1;
      dispatch();
    }
  }

  async function sendEachAlone(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    for (const one of batch) {
      try {
        await answerAll([one]);
      } catch (error) {
        one.reject(error);
      }
    }
  }

  async function answerAll(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    const answers = await run(batch.map(({ item }) => item));
    if (answers.length !== batch.length) throw new RangeError("a gathered statement must answer each of its items");
    for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer); // the lengths are equal
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        schedule();
      }),
  };
}
