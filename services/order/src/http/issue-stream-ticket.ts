import { type App, callerOf, Nullable, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { FOLLOWERS_OF_ONE } from "./stream-access.ts";
import { type StreamTickets, TICKET_EXPIRES_IN } from "./stream-ticket.ts";

const schema = {
  operationId: "issue-stream-ticket",
  summary: "A ticket for the live streams, for browsers, which cannot send a header with an EventSource",
  tags: ["live"],
  // There is nothing to say; who says something expects it to count.
  body: Nullable(Type.Object({})),
  response: {
    200: Type.Object(
      { ticket: Type.String(), expires_in: Type.Integer({ description: "Seconds within which to open a stream" }) },
      { examples: [{ ticket: "eyJ…", expires_in: TICKET_EXPIRES_IN }] },
    ),
    ...problemResponses([
      "malformed-json",
      "unauthenticated",
      "forbidden",
      "unsupported-media-type",
      "validation-failed",
    ]),
  },
};

export function registerIssueStreamTicket(app: App, tickets: StreamTickets): void {
  app.post("/orders/events/ticket", { config: { access: FOLLOWERS_OF_ONE }, schema }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    return { ticket: tickets.issue(callerOf(request)), expires_in: TICKET_EXPIRES_IN };
  });
}
