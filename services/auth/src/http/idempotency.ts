import type { Caller } from "@comanda/service-kit";
import { type TString, Type } from "typebox";
import type { RequestKey } from "../use-cases/create-person-once.ts";

// On a public route the key is all that tells one sender from another: a short one, guessed or chosen twice, would
// hand one guest's token to the next.
const PUBLIC_KEY_LENGTH_MIN = 16;

/** The `Idempotency-Key` of a creating route (draft-ietf-httpapi-idempotency-key-header). */
function keySchema(minLength: number): TString {
  return Type.String({
    minLength,
    maxLength: 255,
    pattern: "^[!-~]+$",
    description:
      "A repeated request with the same key and body gets the first answer again, with `Idempotency-Replayed: true`. Take a fresh UUID.",
  });
}

/** Headers of a creating route that anybody may call. */
export const publicIdempotencyHeaders = Type.Object(
  { "idempotency-key": Type.Optional(keySchema(PUBLIC_KEY_LENGTH_MIN)) },
  { additionalProperties: true },
);

/** Headers of a creating route of signed-in people, whose keys are their own. */
export const idempotencyHeaders = Type.Object(
  { "idempotency-key": Type.Optional(keySchema(1)) },
  { additionalProperties: true },
);

/** The key of this request, within its operation and its sender; `null` when it is not meant to be repeated. */
export function requestKeyOf(
  operation: string,
  request: { readonly headers: Readonly<Record<string, unknown>>; readonly caller: Caller | null },
): RequestKey | null {
  const key = request.headers["idempotency-key"];
  return typeof key !== "string" ? null : { operation, scope: request.caller?.id ?? "public", key };
}

/** What tells a repeated answer from a first one. */
export function replayHeaders(isReplay: boolean): Record<string, string> {
  return isReplay ? { "idempotency-replayed": "true" } : {};
}
