import { type Dice, makeDice } from "./dice.ts";
import type { RefusedTokens } from "./sellers.ts";

/** What happens to notifications while a fault is set. */
export type WebhookMode = "normal" | "duplicate" | "reorder" | "drop" | "delay";

/** What goes wrong on demand. Touches the Mercado Pago API paths and the webhooks, never `/sandbox/*` or the pages. */
export type FaultSettings = {
  /** Every API answer waits this long, ms. */
  latency_ms: number;
  /** Share of API calls answered 500 before anything is done. */
  error_rate: number;
  /** So many API calls from now on are answered 500 before anything is done; then all is well. */
  fail_next: number;
  /** Every API connection is cut without an answer. */
  down: boolean;
  /** Share of API writes that are done, and whose connection is then cut without an answer. */
  timeout_after_commit_rate: number;
  /** Share of API calls answered 429 with `Retry-After: 1` before anything is done. */
  rate_limit_rate: number;
  /** Which of a seller's two tokens is answered 401. */
  refused_tokens: RefusedTokens;
  webhooks: WebhookMode;
  webhook_duplicate_rate: number;
  webhook_drop_rate: number;
  webhook_reorder_rate: number;
  /** How long `delay` holds a notification back, and `reorder` waits for a later one, ms. */
  webhook_delay_ms: number;
  /** How notices are signed; the other forms are those a receiver must refuse. */
  webhook_signature: "valid" | "none" | "wrong_secret";
  /** Unit of `ts` in the signature. Documented: ms. */
  webhook_ts: "ms" | "s";
  /** Letters of the id the signature covers. Documented: lower. */
  webhook_id_case: "lower" | "as_is";
  /** Also tells of merchant orders (`topic_merchant_order_wh`). */
  merchant_order_webhooks: boolean;
  /** How long an answer waits after its work is done: notices come first, ms. */
  answer_delay_ms: number;
  /** How long after its last change an order or payment is not found yet, ms. */
  read_lag_ms: number;
  /** How long a refund of an order stays `processing`, ms. */
  refund_delay_ms: number;
  /** How long a refund of a payment stays `in_process`, ms; 0: done when it is answered. */
  payment_refund_delay_ms: number;
  /** Share of refunds that took a while and end `failed` (orders) or `rejected` (payments). */
  refund_failure_rate: number;
  /** How long an asynchronous capture, or the Pix of the test payer `APRO`, takes, ms. */
  async_delay_ms: number;
  /** How long an online Pix is `processing` before its code is there, ms; 0: at once. */
  pix_delay_ms: number;
  /** How long a card machine takes to do what was asked of it from afar, ms. */
  terminal_delay_ms: number;
  /** Makes the dice repeatable. */
  seed: number | null;
};

/** Nothing goes wrong. */
export const noFaults: FaultSettings = {
  latency_ms: 0,
  error_rate: 0,
  fail_next: 0,
  down: false,
  timeout_after_commit_rate: 0,
  rate_limit_rate: 0,
  refused_tokens: "none",
  webhooks: "normal",
  webhook_duplicate_rate: 0,
  webhook_drop_rate: 0,
  webhook_reorder_rate: 0,
  webhook_delay_ms: 2000,
  webhook_signature: "valid",
  webhook_ts: "ms",
  webhook_id_case: "lower",
  merchant_order_webhooks: false,
  answer_delay_ms: 0,
  read_lag_ms: 0,
  refund_delay_ms: 300,
  payment_refund_delay_ms: 0,
  refund_failure_rate: 0,
  async_delay_ms: 1000,
  pix_delay_ms: 0,
  terminal_delay_ms: 300,
  seed: null,
};

/** The faults in force and their dice. */
export type Faults = {
  get: () => FaultSettings;
  set: (change: Partial<FaultSettings>) => FaultSettings;
  clear: () => FaultSettings;
  roll: Dice;
};

/** Builds the faults, none in force. */
export const makeFaults = (): Faults => {
  let settings = noFaults;
  let dice = makeDice(Date.now());
  return {
    get: () => settings,
    set: (change) => {
      settings = { ...settings, ...change };
      if (typeof change.seed === "number") dice = makeDice(change.seed);
      return settings;
    },
    clear: () => {
      settings = noFaults;
      return settings;
    },
    roll: (probability) => dice(probability),
  };
};
