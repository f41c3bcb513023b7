import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Order } from "../domain/order.ts";
import { problem } from "../problems.ts";

/** The version of an order as a strong entity tag (RFC 9110 §8.8.3). */
export function etagOf(order: Pick<Order, "version">): string {
  return `"${order.version}"`;
}

export const IfMatchHeaders = Type.Object(
  {
    "if-match": Type.Optional(
      Type.String({ maxLength: 100, description: 'The `ETag` of the order as last seen, such as `"3"`' }),
    ),
  },
  { additionalProperties: true },
);

/** The version that a writer has seen, by the body or by `If-Match`, and by which of them. */
export type SeenVersion = { readonly version: number | undefined; readonly isHeader: boolean };

/**
 * @throws HttpProblem precondition-failed for a tag that can be no version of an order: it matches none (RFC 9110
 * §13.1.1); weak tags never match
 */
export function seenVersionOf(request: FastifyRequest, fromBody: number | undefined): SeenVersion {
  const header = request.headers["if-match"];
  if (header === undefined || header === "*") return { version: fromBody, isHeader: false };
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined) throw problem("precondition-failed");
  return { version: Number(version), isHeader: true };
}
