const codeOrLink = {
  qr_code: { type: "string", minLength: 1, maxLength: 600 },
  payment_link: { type: "string", minLength: 1, maxLength: 2000 },
} as const;
const oneOf = [{ required: ["qr_code"] }, { required: ["payment_link"] }] as const;
const payable = { ...codeOrLink, id: { type: "string", minLength: 1, maxLength: 64 } } as const;

/** Body of `POST /sandbox/scan`. */
export const scanSchema = { type: "object", additionalProperties: false, properties: codeOrLink, oneOf } as const;

/** Body of `POST /sandbox/pay`. */
export const paySchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...payable,
    outcome: { type: "string", enum: ["approved", "rejected", "pending"] },
    amount_cents: { type: "integer", minimum: 1 },
    late: { type: "boolean" },
  },
  oneOf: [...oneOf, { required: ["id"] }],
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
    fail_next: { type: "integer", minimum: 0, maximum: 10_000 },
    down: { type: "boolean" },
    timeout_after_commit_rate: rate,
    rate_limit_rate: rate,
    refused_tokens: { type: "string", enum: ["none", "present", "previous", "both"] },
    webhooks: { type: "string", enum: ["normal", "duplicate", "reorder", "drop", "delay"] },
    webhook_duplicate_rate: rate,
    webhook_drop_rate: rate,
    webhook_reorder_rate: rate,
    webhook_delay_ms: milliseconds,
    webhook_signature: { type: "string", enum: ["valid", "none", "wrong_secret"] },
    webhook_ts: { type: "string", enum: ["ms", "s"] },
    webhook_id_case: { type: "string", enum: ["lower", "as_is"] },
    merchant_order_webhooks: { type: "boolean" },
    answer_delay_ms: milliseconds,
    read_lag_ms: milliseconds,
    refund_delay_ms: milliseconds,
    payment_refund_delay_ms: milliseconds,
    refund_failure_rate: rate,
    async_delay_ms: milliseconds,
    pix_delay_ms: milliseconds,
    terminal_delay_ms: milliseconds,
    seed: { type: ["integer", "null"] },
  },
} as const;
