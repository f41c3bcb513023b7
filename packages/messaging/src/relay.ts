import { backoffMs, createLoop, createRest, type Loop } from "@comanda/primitives";
import type { ClaimedEvent, Delivery, OutboxStore } from "./outbox.ts";
import type { DeliveryAnswer, Transport } from "./transport.ts";

/** The loop that says outside what is true inside; woken right after a commit, so that nobody waits for its round. */
export type Relay = Loop;

/** What a relay needs. */
export type RelayOptions = {
  readonly outbox: OutboxStore;
  readonly transport: Transport;
  readonly log: {
    readonly warn: (record: object, message: string) => void;
    readonly error: RelayOptions["log"]["warn"];
  };
  /** 0 ≤ x < 1; spreads the tries. */
  readonly random?: () => number;
  /** How often to look without being woken, in ms: other processes' events, retries that are due. */
  readonly pollMs?: number;
  readonly batchSize?: number;
  /** After this many tries an event is parked. */
  readonly attemptsMax?: number;
};

const LEASE_MS = 30_000;
const RETRY_BASE_MS = 500;
const RETRY_MAX_MS = 60_000;

/**
 * Delivers the events of an outbox, at least once and in order per subject: claim → deliver → settle, again at once
 * while there is work, else when woken or after `pollMs`. A failed delivery is retried with exponential back-off and
 * full jitter; after `attemptsMax` tries (about an hour and a half with the defaults) it is parked for people.
 */
export function createRelay(options: RelayOptions): Relay {
  const { log, outbox, pollMs = 500 } = options;
  const rest = createRest(pollMs);
  return createLoop({
    round: createRelayRound({ ...options, outbox: { ...outbox, claim: (how) => rest.timed(() => outbox.claim(how)) } }),
    pollMs: rest.pauseMs,
    // The store is away; the lease brings back what was claimed. Nothing is lost by waiting.
    onError: (error) => log.error({ err: error }, "the outbox cannot be read or written"),
  });
}

/**
 * One round of the relay by itself, for who keeps time another way than by timers.
 * @returns how many events were delivered; rejects when the outbox does not answer
 */
export function createRelayRound(options: Omit<RelayOptions, "pollMs">): () => Promise<number> {
  const { outbox, transport, log, random, batchSize = 100, attemptsMax = 100 } = options;

  async function settleDone(events: readonly ClaimedEvent[]): Promise<void> {
    if (events.length === 0) return;
    if (outbox.settleDone !== undefined) return outbox.settleDone(events);
    await Promise.all(events.map((event) => outbox.settle(event, { outcome: "done" })));
  }

  async function settle(event: ClaimedEvent, answer: DeliveryAnswer | undefined): Promise<void> {
    const delivery = decide(event, answer ?? { outcome: "retry", reason: "no answer for this event" });
    if (delivery.outcome !== "done") {
      const record = { event: event.id, type: event.type, attempts: event.attempts, reason: delivery.reason };
      if (delivery.outcome === "park") log.error(record, "event parked");
      else log.warn(record, "event will be sent again");
    }
    await outbox.settle(event, delivery);
  }

  function decide(event: ClaimedEvent, answer: DeliveryAnswer): Delivery {
    if (answer.outcome === "done") return { outcome: "done" };
    if (answer.outcome === "park" || event.attempts >= attemptsMax) return { outcome: "park", reason: answer.reason };
    const retryInMs = backoffMs({
      attempt: event.attempts,
      baseMs: RETRY_BASE_MS,
      maxMs: RETRY_MAX_MS,
      ...(random === undefined ? {} : { random }),
    });
    return { outcome: "retry", reason: answer.reason, retryInMs };
  }

  return async () => {
    const events = await outbox.claim({ limit: batchSize, leaseMs: LEASE_MS });
    if (events.length === 0) return 0;
    const answers = await transport(events);
    const done = events.filter((event) => answers.get(event.id)?.outcome === "done");
    const others = events.filter((event) => answers.get(event.id)?.outcome !== "done");
    await Promise.all([settleDone(done), ...others.map((event) => settle(event, answers.get(event.id)))]);
    return done.length;
  };
}
