import { createWriteStream } from "node:fs";

/** An order as it was answered; only what is looked at. */
export type OrderSeen = {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly payment_status: string;
  readonly customer_name: string | null;
  readonly total_cents: number;
  readonly items: readonly { readonly product_id: string; readonly quantity: number; readonly total_cents: number }[];
  readonly payment: {
    readonly id: string;
    readonly qr_code: string | null;
    readonly payment_link: string | null;
    readonly expires_at: string | null;
  } | null;
  readonly version: number;
  readonly created_at: string;
  readonly expires_at: string;
};

/** One try of one request, and what came of it. */
export type Try = {
  readonly kind: "try";
  readonly startedAt: number;
  readonly endedAt: number;
  readonly guest: number;
  readonly op: string;
  readonly order: string | null;
  /** The same for all tries of a request; its Idempotency-Key where the route takes one. */
  readonly key: string;
  readonly isKeyed: boolean;
  readonly number: number;
  /** The `expected_version` that was sent. */
  readonly expected: number | null;
  /** `null`: no answer came. */
  readonly status: number | null;
  readonly code: string | null;
  /** Digest of the bytes of the answer. */
  readonly digest: string | null;
  /** The order, when the answer was one. */
  readonly seen: OrderSeen | null;
};

/** A line of the history. */
export type Entry =
  | Try
  | { readonly kind: "gave_up"; readonly at: number; readonly guest: number; readonly op: string }
  | { readonly kind: "kill"; readonly at: number; readonly process: string; readonly pid: number }
  | { readonly kind: "phase"; readonly at: number; readonly name: string };

/** What happened, in memory and in a file that only grows. */
export type History = {
  readonly entries: readonly Entry[];
  readonly add: (entry: Entry) => void;
  readonly close: () => Promise<void>;
};

/** Opens a history that is written to `file`, one JSON line for each entry. */
export function openHistory(file: string): History {
  const entries: Entry[] = [];
  const stream = createWriteStream(file, { flags: "a" });
  return {
    entries,
    add: (entry) => {
      entries.push(entry);
      stream.write(`${JSON.stringify(entry)}\n`);
    },
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}
