import { createHash } from "node:crypto";
import { Type } from "typebox";

/** The header of every request that moves money (the contract, conventions). */
export const IdempotencyHeaders = Type.Object(
  {
    "idempotency-key": Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: "^[\\x21-\\x7e]+$",
        description: "The same key and body give the first answer again",
      }),
    ),
  },
  { additionalProperties: true },
);

/** A short, safe name for a request's body or a caller's key: equal for equal, and it tells nothing. */
export function fingerprintOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(value)))
    .digest("base64url");
}

/** Members in one order, so that the same data in another order is the same request. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
}
