import type { OutgoingEvent } from "./outbox.ts";

/** What the other side said of one event. */
export type DeliveryAnswer =
  | { readonly outcome: "done" }
  | { readonly outcome: "retry"; readonly reason: string }
  | { readonly outcome: "park"; readonly reason: string };

/** Delivers events; never throws: what went wrong is an answer for each event. */
export type Transport = (events: readonly OutgoingEvent[]) => Promise<ReadonlyMap<string, DeliveryAnswer>>;

const TIMEOUT_MS = 10_000;
/** CloudEvents over one request are bounded by the receiver's body limit. */
const PER_REQUEST = 20;

/**
 * CloudEvents 1.0 over HTTP in the batched content mode (`application/cloudevents-batch+json`), with a service token.
 * The receiver answers `{ results: [{ id, outcome, reason? }] }`.
 *
 * @param options.source the producer, such as `/order`
 * @param options.routeOf the address that wants this type, or `null` when nobody does (then it counts as done)
 * @param options.onTokenRefused told of a token that the receiver answered with 401, so that the next try has another
 */
export function createHttpTransport(options: {
  readonly source: string;
  readonly routeOf: (type: string) => URL | null;
  readonly token: () => Promise<string>;
  readonly onTokenRefused?: (token: string) => void;
}): Transport {
  return async function deliver(events) {
    const answers = new Map<string, DeliveryAnswer>();
    const byAddress = new Map<string, OutgoingEvent[]>();
    for (const event of events) {
      const address = options.routeOf(event.type);
      if (address === null) answers.set(event.id, { outcome: "done" });
      else byAddress.set(address.href, [...(byAddress.get(address.href) ?? []), event]);
    }
    const requests = [...byAddress].flatMap(([address, list]) => chunks(list).map((batch) => ({ address, batch })));
    await Promise.all(
      requests.map(async ({ address, batch }) => {
        for (const [id, answer] of await post(address, batch, options)) answers.set(id, answer);
      }),
    );
    return answers;
  };
}

async function post(
  address: string,
  batch: readonly OutgoingEvent[],
  options: Pick<Parameters<typeof createHttpTransport>[0], "source" | "token" | "onTokenRefused">,
): Promise<ReadonlyMap<string, DeliveryAnswer>> {
  const all = (answer: DeliveryAnswer) => new Map(batch.map((event) => [event.id, answer]));
  try {
    const token = await options.token();
    const response = await fetch(address, {
      method: "POST",
      headers: {
        "content-type": "application/cloudevents-batch+json",
        authorization: `Bearer ${token}`,
        ...(batch[0]?.traceparent == null ? {} : { traceparent: batch[0].traceparent }),
      },
      body: JSON.stringify(batch.map((event) => toCloudEvent(event, options.source))),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    if (response.status === 401) options.onTokenRefused?.(token);
    // Anything but an answer per event is the receiver's trouble, and passing: the events are tried again.
    if (!response.ok) return all({ outcome: "retry", reason: `the receiver answered ${response.status}` });
    return readResults(await response.json());
  } catch (error) {
    return all({ outcome: "retry", reason: error instanceof Error ? error.message : "no answer" });
  }
}

/** The event as CloudEvents 1.0 JSON. */
export function toCloudEvent(event: OutgoingEvent, source: string): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: event.id,
    source,
    type: event.type,
    subject: event.subject,
    time: event.time.toISOString(),
    datacontenttype: "application/json",
    ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
    data: event.data,
  };
}

function readResults(answer: unknown): ReadonlyMap<string, DeliveryAnswer> {
  const answers = new Map<string, DeliveryAnswer>();
  if (typeof answer !== "object" || answer === null || !("results" in answer) || !Array.isArray(answer.results)) {
    return answers;
  }
  for (const result of answer.results as unknown[]) {
    if (typeof result !== "object" || result === null || !("id" in result) || !("outcome" in result)) continue;
    const reason = "reason" in result && typeof result.reason === "string" ? result.reason : "no reason given";
    if (typeof result.id !== "string") continue;
    if (result.outcome === "done") answers.set(result.id, { outcome: "done" });
    else if (result.outcome === "park") answers.set(result.id, { outcome: "park", reason });
    else answers.set(result.id, { outcome: "retry", reason });
  }
  return answers;
}

function chunks(events: readonly OutgoingEvent[]): OutgoingEvent[][] {
  const parts: OutgoingEvent[][] = [];
  for (let at = 0; at < events.length; at += PER_REQUEST) parts.push(events.slice(at, at + PER_REQUEST));
  return parts;
}
