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

/**
 * Runs the contestants in turns, so that a busy moment of the machine hits all of them, and takes each one's median
 * round by answers per second. The first round only warms up.
 */
export async function compare(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, load } of contestants) {
      const outcome = await runLoad(round === 0 ? { ...load, seconds: 2 } : load);
      if (round > 0) outcomes.set(name, [...(outcomes.get(name) ?? []), outcome]);
    }
  }
  return new Map([...outcomes].map(([name, list]) => [name, median(list)]));
}

function median(outcomes: readonly Outcome[]): Outcome {
  const sorted = [...outcomes].sort((left, right) => left.perSecond - right.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no round was run");
  return middle;
}
