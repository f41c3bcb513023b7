/** An event that is true inside and waits to be said outside. */
export type OutgoingEvent = {
  /** UUIDv7; the consumer's inbox knows it by this. */
  readonly id: string;
  readonly type: string;
  /** What it is about; events of one subject are delivered one after the other. */
  readonly subject: string;
  readonly time: Date;
  readonly data: unknown;
  readonly traceparent: string | null;
};

/** An event taken for delivery; `attempts` counts this one. */
export type ClaimedEvent = OutgoingEvent & { readonly attempts: number };

/** What came of one delivery. `retry`: later, after `retryInMs`; `park`: no sense in trying again by itself. */
export type Delivery =
  | { readonly outcome: "done" }
  | { readonly outcome: "retry"; readonly reason: string; readonly retryInMs: number }
  | { readonly outcome: "park"; readonly reason: string };

/** An event that was given up, for people to look at. */
export type ParkedEvent = {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly attempts: number;
  readonly reason: string;
  readonly parkedAt: Date;
};

/**
 * Where unsent events wait. Two implementations: a PostgreSQL table, and the unsent events inside a payment document.
 * `claim` leases: an event whose relay died is claimed again after `leaseMs`. At most one event of a subject is claimed
 * at a time, the oldest first. A parked event holds back nothing: consumers keep the newest by version.
 */
export type OutboxStore = {
  readonly claim: (options: { readonly limit: number; readonly leaseMs: number }) => Promise<readonly ClaimedEvent[]>;
  readonly settle: (event: ClaimedEvent, delivery: Delivery) => Promise<void>;
  /** Settles many delivered events at once, where the store can: a burst of orders is one write, not hundreds. */
  readonly settleDone?: (events: readonly ClaimedEvent[]) => Promise<void>;
  readonly listParked: (limit: number) => Promise<readonly ParkedEvent[]>;
  /** Puts a parked event back in line. `false` when there is no such event. */
  readonly retryParked: (id: string) => Promise<boolean>;
  /**
   * Age of the oldest event that waits, in seconds; 0 when none waits. One that was tried is as old as it is, not as
   * its next try; one that is only to be said later does not wait yet.
   */
  readonly oldestWaitingSeconds: () => Promise<number>;
};
