import { hash } from "node:crypto";
import type { Caller } from "@comanda/service-kit";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { RequestKey } from "../storage/idempotency-keys.ts";

/** The header of every route that a client may repeat (reliability OR-10: visible ASCII). */
export const IdempotencyHeaders = Type.Object(
  {
    "idempotency-key": Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: "^[\\x21-\\x7e]+$",
        description: "Names this request: sent again with the same key and body, it is answered the same and done once",
      }),
    ),
  },
  { additionalProperties: true },
);

/**
 * The key of a request, in the scope of its sender: the same key of somebody else is another key (reliability OR-13).
 * Who is known by a mere CPF is one sender per token, as with everything else of theirs. The fingerprint says whether
 * the body is the same; it holds nothing of it.
 */
export function requestKeyOf(request: FastifyRequest, caller: Caller): RequestKey | null {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string") return null;
  const scope = caller.level === "identified" ? caller.tokenId : caller.id;
  // Clients make keys of what they have at hand, a CPF too: only a digest of it is kept (reliability OP-50).
  return {
    scope,
    key: hash("sha256", key, "hex"),
    fingerprint: hash("sha256", canonicalJson(request.body ?? null), "base64url"),
  };
}

/** JSON in which the order of an object's fields says nothing: clients do not promise to keep it. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

/** The response header that says that an answer was given before. */
export const REPLAYED = { "idempotency-replayed": "true" } as const;
