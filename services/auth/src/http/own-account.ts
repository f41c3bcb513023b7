import { callerOf, houseProblem, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { authProblem, authProblems } from "../problems.ts";
import type { Guarded } from "../use-cases/guard-attempts.ts";

type AccountRequest = Parameters<typeof callerOf>[0] & { readonly params: { readonly id: string } };

/**
 * The id in the address, when it is the caller's own.
 * @throws HttpProblem `not-found` for somebody else's, just as for nobody's
 */
export function ownId(request: AccountRequest): string {
  const id = request.params.id.toLowerCase();
  if (callerOf(request).id !== id) throw houseProblem("not-found");
  return id;
}

/**
 * The same; an administrator may name anybody.
 * @throws HttpProblem `not-found`
 */
export function ownIdOrAnyForAdmin(request: AccountRequest): string {
  return callerOf(request).role === "admin" ? request.params.id.toLowerCase() : ownId(request);
}

/** @throws HttpProblem `wrong-password` or `wrong-code`, or `quota-exceeded` when there were too many wrong ones */
export function insistOn(checked: Guarded<null>): void {
  if (checked.outcome === "too-early") throw tooEarly(checked.waitSeconds);
  if (checked.outcome === "wrong") throw authProblem(checked.of === "code" ? "wrong-code" : "wrong-password");
}

/** The refusal of whoever has tried too often. */
export function tooEarly(seconds: number) {
  return houseProblem("quota-exceeded", { params: { seconds }, headers: { "retry-after": String(seconds) } });
}

/** The problems of a route with a body, with those that are its own. */
export function accountProblems(own: readonly string[]): ReturnType<typeof problemResponses> {
  const everywhere = [
    "malformed-json",
    "unauthenticated",
    "forbidden",
    "not-found",
    "body-too-large",
    "unsupported-media-type",
    "validation-failed",
    "internal",
    "unavailable",
  ];
  return problemResponses([...everywhere, ...own], authProblems);
}

/** The password somebody has, as they type it once more. */
export const CurrentPasswordSchema = Type.String({ minLength: 1, maxLength: 128, description: "The present password" });

// What recovery codes are written with, in either letter case.
const FIVE = "[2-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}";

/** A code that an administrator handed over: 32 random bytes. */
export const HandedCodeSchema = Type.String({
  pattern: "^[A-Za-z0-9_-]{43}$",
  description: "The code, as it was handed over; good once",
});

/** A one-time code of an app, or a recovery code. */
export const MfaCodeSchema = Type.String({
  minLength: 6,
  maxLength: 11,
  pattern: `^(?:[0-9]{6}|${FIVE}[ -]?${FIVE})$`,
  description: "Six digits of the authenticator app, or a recovery code; each is good once",
  examples: ["492039"],
});
