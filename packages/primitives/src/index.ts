export { backoffMs } from "./backoff.ts";
export { boundsOfBusinessDay, businessDayOf, type DayBounds } from "./business-day.ts";
export { addSeconds, type Clock, systemClock } from "./clock.ts";
export { firstIdAt, type Id, idTimeMs, isId, newId } from "./ids.ts";
export { createLoop, createPause, createRest, type Loop, type Pause, type Rest } from "./loop.ts";
export { type Cents, fromDecimal, isCents, ORDER_TOTAL_MAX_CENTS, toDecimalText } from "./money.ts";
export { ok, type Result, refuse } from "./result.ts";
export { makeTurns, type Turns } from "./turns.ts";
export { makeTwoValues, type SecretValue, type TwoValues, type WhichValue } from "./two-values.ts";
