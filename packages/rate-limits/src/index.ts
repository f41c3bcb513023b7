export { addressBlock } from "./address-block.ts";
export { type LimitHook, limitRate, senderOf } from "./limit-rate.ts";
export { createPostgresCounter } from "./postgres-counter.ts";
export { type Quota, type Quotas, RATE_LIMITS_PATTERN, readQuotas } from "./quotas.ts";
export { type Claim, createRateLimiter, type RateLimiter, type Standing } from "./rate-limiter.ts";
