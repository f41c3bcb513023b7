import autocannon from "autocannon";

/** One load: so many clients ask the same thing as fast as they are answered, for so long. */
type Load = {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Called for each request: fresh headers and body (an idempotency key, another guest). */
  readonly vary?: () => { readonly headers: Record<string, string>; readonly body?: string };
};

/** What came of a load: answers per second, latency in ms, and everything that was not the expected answer. */
export type Outcome = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wrong: number;
  /** Answers per second of each turn, where it took turns with others; the rest is of the turn in the middle. */
  readonly turns?: readonly number[];
};

/** Runs one load; answers outside 2xx and 304 count as wrong, and so do errors and time-outs. */
export async function runLoad(load: Load): Promise<Outcome> {
  const { vary } = load;
  const result = await autocannon({
    url: load.url,
    connections: load.clients,
    duration: load.seconds,
    requests: [
      {
        method: load.method ?? "GET",
        headers: { ...load.headers },
        ...(vary === undefined
          ? {}
          : {
              setupRequest: (request) => {
                const { headers, body } = vary();
                return {
                  ...request,
                  headers: { ...request.headers, ...headers },
                  ...(body === undefined ? {} : { body }),
                };
              },
            }),
      },
    ],
  });
  const notModified = result.statusCodeStats?.["304"]?.count ?? 0;
  return {
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    wrong: result.non2xx - notModified + result.errors + result.timeouts,
  };
}

/** Runs one load at a steady pace of `perSecond`: how long answers take when nobody asks as fast as they can. */
export async function runSteady(load: Load & { readonly perSecond: number }): Promise<Outcome> {
  const { url, clients, seconds, perSecond } = load;
  const result = await autocannon({
    url,
    connections: clients,
    duration: seconds,
    overallRate: perSecond,
    headers: { ...load.headers },
  });
  return {
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    wrong: result.non2xx + result.errors + result.timeouts,
  };
}

/** One contestant of a scenario. */
export type Contestant = { readonly name: string; readonly load: Load };

/** On a shared machine busy moments last for seconds: longer turns would give them to one contestant alone. */
const TURN_S = 1;
const WARM_UP_S = 3;

/**
 * Runs the contestants in short turns, so that a busy moment of the machine hits all of them, and takes each one's median
 * turn by answers per second. All are warmed up first.
 * @param rounds how often each has its load's seconds, in turns of one second
 */
export async function compare(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, Outcome>> {
  for (const { load } of contestants) await runLoad({ ...load, seconds: WARM_UP_S });
  const outcomes = new Map<string, Outcome[]>();
  const secondsOfAll = Math.max(...contestants.map(({ load }) => load.seconds));
  for (let turn = 0; turn < rounds * secondsOfAll; turn += TURN_S) {
    for (const { name, load } of contestants) {
      outcomes.set(name, [...(outcomes.get(name) ?? []), await runLoad({ ...load, seconds: TURN_S })]);
    }
  }
  return new Map([...outcomes].map(([name, list]) => [name, outcomeOf(list)]));
}

function outcomeOf(turns: readonly Outcome[]): Outcome {
  const middle = turns.toSorted((left, right) => left.perSecond - right.perSecond)[Math.floor(turns.length / 2)];
  if (middle === undefined) throw new Error("no turn was run");
  const wrong = turns.reduce((sum, turn) => sum + turn.wrong, 0);
  return { ...middle, wrong, turns: turns.map(({ perSecond }) => perSecond) };
}
