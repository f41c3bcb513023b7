import { Histogram, type Registry } from "prom-client";

/** A request that was answered, and how long that took. */
export type Answered = {
  readonly method: string;
  /** The pattern of its route. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
};

const NAME = "http_server_request_duration_seconds";
const LABELS = ["method", "route", "status"] as const;
const ABOUT = { name: NAME, help: "Duration of HTTP requests by route and class of status", labelNames: LABELS };
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

type Label = (typeof LABELS)[number];
type Series = { readonly labels: Readonly<Record<Label, string>>; readonly counts: number[]; seconds: number };

/**
 * Adds the histogram of request durations to a registry. Names and bounds follow OpenTelemetry's HTTP conventions, in
 * seconds.
 */
export function makeRequestDurations(registry: Registry): (answered: Answered) => void {
  const histogram = new RequestDurations({ ...ABOUT, registers: [registry] });
  return (answered) => histogram.note(answered);
}

/**
 * Counts what the library's own histogram would count: that one checks, sorts, joins and digests the labels of each
 * value, which is more than all the rest of keeping a record of a request.
 */
class RequestDurations extends Histogram<Label> {
  /** Says what it is, and counts nothing: asked for that, this one would ask itself. */
  readonly #about = new Histogram<Label>({ ...ABOUT, registers: [] });
  /** By route, method and class of status: 2 for all of 200 to 299. */
  readonly #byRoute = new Map<string, Map<string, Map<number, Series>>>();

  note(answered: Answered): void {
    const { method, route, status, ms } = answered;
    const series = this.#byRoute.get(route)?.get(method)?.get(classOf(status)) ?? this.#begin(answered);
    const seconds = ms / 1000;
    let place = 0;
    while (place < BOUNDS.length && seconds > (BOUNDS[place] ?? 0)) place += 1;
    series.counts[place] = (series.counts[place] ?? 0) + 1;
    series.seconds += seconds;
  }

  override async get() {
    return { ...(await this.#about.get()), values: this.#values() };
  }

  /** What the registry asks for when it writes text; the library's types do not know it. */
  getForPromString() {
    return this.get();
  }

  #begin({ method, route, status }: Answered): Series {
    const byMethod = this.#byRoute.get(route) ?? new Map<string, Map<number, Series>>();
    const byClass = byMethod.get(method) ?? new Map<number, Series>();
    const counts = Array.from({ length: BOUNDS.length + 1 }, () => 0);
    const series = { labels: { method, route, status: `${classOf(status)}xx` }, counts, seconds: 0 };
    this.#byRoute.set(route, byMethod.set(method, byClass.set(classOf(status), series)));
    return series;
  }

  #values() {
    const byClass = [...this.#byRoute.values()].flatMap((byMethod) => [...byMethod.values()]);
    return byClass.flatMap((series) => [...series.values()]).flatMap(valuesOf);
  }
}

function classOf(status: number): number {
  return Math.floor(status / 100);
}

function valuesOf({ labels, counts, seconds }: Series) {
  let count = 0;
  const buckets = [...BOUNDS, "+Inf"].map((le, place) => {
    count += counts[place] ?? 0;
    return { metricName: `${NAME}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: seconds },
    { metricName: `${NAME}_count`, labels, value: count },
  ];
}
