import { type App, problemResponses, RevocationDocument } from "@comanda/service-kit";
import { Type } from "typebox";
import type { RevocationWatch } from "../revocation-watch.ts";

const schema = {
  operationId: "list-revocations",
  tags: ["tokens"],
  summary: "Tokens taken back before their end, for the other services",
  description:
    "The whole list, which is short: what has expired is gone. With `If-None-Match` 304 while it is the same.",
  headers: Type.Object({ "if-none-match": Type.Optional(Type.String()) }, { additionalProperties: true }),
  response: {
    200: RevocationDocument,
    304: Type.Null({ description: "The list is the same" }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /revocations`, between services only: the gateway does not forward it. */
export function listRevocationsRoute(app: App, deps: { readonly revocations: Pick<RevocationWatch, "read"> }): void {
  app.get("/revocations", { config: { access: ["service"] }, schema }, async (request, reply) => {
    const document = await deps.revocations.read();
    const etag = `"${document.version}"`;
    reply.headers({ etag, "cache-control": "no-store" });
    if (request.headers["if-none-match"] !== etag) return document;
    reply.code(304);
    return null;
  });
}
