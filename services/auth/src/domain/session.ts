import { addSeconds } from "@comanda/primitives";

/** Who a session belongs to. */
export type SessionSubject = { readonly kind: "person" | "device"; readonly id: string };

/** What a session may last: from its beginning, and from one renewal to the next; `null` means until it is revoked. */
export type SessionLimits = { readonly absoluteSeconds: number | null; readonly idleSeconds: number | null };

const DAY_S = 86_400;
const STAFF_ABSOLUTE_S = 12 * 3600;
const STAFF_IDLE_S = 1800;
const GRACE_AFTER_ACCESS_S = 300;

/**
 * How long each may be renewed. Staff: a shift, and half an hour away from the screen (reliability AU-04); where an
 * operator made access tokens live longer than that, until shortly after the token's own end, or nobody could ever renew. Guests: their own
 * phone, where only their own orders can be seen. Devices: until an administrator revokes them, for nobody stands by a
 * totem to pair it again.
 */
export function sessionLimits(holder: "staff" | "customer" | "device", accessSeconds: number): SessionLimits {
  switch (holder) {
    case "staff":
      return {
        absoluteSeconds: STAFF_ABSOLUTE_S,
        idleSeconds: Math.max(STAFF_IDLE_S, accessSeconds + GRACE_AFTER_ACCESS_S),
      };
    case "customer":
      return { absoluteSeconds: 30 * DAY_S, idleSeconds: 14 * DAY_S };
    case "device":
      return { absoluteSeconds: null, idleSeconds: null };
  }
}

/** `seconds` after `at`, or never. */
export function endAfter(at: Date, seconds: number | null): Date | null {
  return seconds === null ? null : addSeconds(at, seconds);
}

/** A refresh token somebody presents, with the session it belongs to. */
export type PresentedRefresh = {
  readonly sessionExpiresAt: Date | null;
  readonly sessionEndedAt: Date | null;
  readonly expiresAt: Date | null;
  /** `null` while it is good; else when it was used, and whether what it was exchanged for has been used as well. */
  readonly spent: { readonly at: Date; readonly successorIsSpent: boolean } | null;
};

/** How long a repeated renewal gets the first answer again, in seconds: the answer may have been lost on the way. */
export const REPEAT_SECONDS = 10;

/**
 * What becomes of it. Reuse of a spent one means that two hold it, one of them a thief, and nobody can tell which
 * (RFC 9700 §4.14.2). A repetition is told from reuse by its time, and by the successor: whoever has used that has had
 * the answer.
 */
export function decideRefresh(presented: PresentedRefresh, now: Date): "rotate" | "repeat" | "reuse" | "over" {
  const { spent } = presented;
  if (presented.sessionEndedAt !== null || isPast(presented.sessionExpiresAt, now)) return "over";
  if (spent === null) return isPast(presented.expiresAt, now) ? "over" : "rotate";
  return !spent.successorIsSpent && now < addSeconds(spent.at, REPEAT_SECONDS) ? "repeat" : "reuse";
}

function isPast(end: Date | null, now: Date): boolean {
  return end !== null && end <= now;
}
