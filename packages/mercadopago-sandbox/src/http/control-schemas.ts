const codeOrLink = {
  qr_code: { type: "string", minLength: 1, maxLength: 600 },
  payment_link: { type: "string", minLength: 1, maxLength: 2000 },
} as const;
const oneOf = [{ required: ["qr_code"] }, { required: ["payment_link"] }] as const;

/** Body of `POST /sandbox/scan`. */
export const scanSchema = { type: "object", additionalProperties: false, properties: codeOrLink, oneOf } as const;

/** Body of `POST /sandbox/pay`. */
export const paySchema = {
  type: "object",
  additionalProperties: false,
  properties: { ...codeOrLink, outcome: { type: "string", enum: ["approved", "rejected", "pending"] } },
  oneOf,
} as const;

/** Body of `POST /sandbox/clock`. Time only goes forward. */
export const clockSchema = {
  type: "object",
  additionalProperties: false,
  required: ["advance_ms"],
  properties: { advance_ms: { type: "integer", minimum: 0, maximum: 366 * 24 * 3_600_000 } },
} as const;

const rate = { type: "number", minimum: 0, maximum: 1 } as const;
const milliseconds = { type: "integer", minimum: 0, maximum: 600_000 } as const;

/** Body of `POST /sandbox/faults`: only what changes. */
export const faultsSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    latency_ms: milliseconds,
    error_rate: rate,
    down: { type: "boolean" },
    timeout_after_commit_rate: rate,
    rate_limit_rate: rate,
    webhooks: { type: "string", enum: ["normal", "duplicate", "reorder", "drop", "delay"] },
    webhook_duplicate_rate: rate,
    webhook_drop_rate: rate,
    webhook_reorder_rate: rate,
    webhook_delay_ms: milliseconds,
    refund_delay_ms: milliseconds,
    refund_failure_rate: rate,
    terminal_delay_ms: milliseconds,
    seed: { type: ["integer", "null"] },
  },
} as const;
