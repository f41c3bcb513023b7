import { type Caller, type Grant, houseProblem, isGranted, problemResponses, STAFF } from "@comanda/service-kit";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { problem, problems } from "../problems.ts";
import type { OpenStreams, StreamPlace } from "./open-streams.ts";
import type { StreamTickets } from "./stream-ticket.ts";

const DEVICES = [
  "device:kiosk",
  "device:kitchen",
  "device:panel",
  "device:counter",
] as const satisfies readonly Grant[];

/** Who may follow all orders, each as far as they may see them. */
export const FOLLOWERS_OF_ALL: readonly Grant[] = [...STAFF, ...DEVICES];
/** Who may follow one order, if they may see it. */
export const FOLLOWERS_OF_ONE: readonly Grant[] = ["customer", ...FOLLOWERS_OF_ALL];

export const streamQuery = Type.Object({
  ticket: Type.Optional(
    Type.String({ maxLength: 2000, description: "From `POST /orders/events/ticket`, where no header can be sent" }),
  ),
  last_event_id: Type.Optional(
    Type.String({ maxLength: 60, description: "As `Last-Event-ID`, for a stream opened anew with a new ticket" }),
  ),
});

/** What the streams answer, for the API document. */
export const streamResponses = {
  200: {
    description: "Server-Sent Events: `event: order.<status>`, `data:` the order, `id:` where to resume",
    content: { "text/event-stream": { schema: Type.String() } },
  },
  ...problemResponses(
    ["unauthenticated", "forbidden", "not-found", "validation-failed", "too-many-streams", "unavailable"],
    problems,
  ),
};

/**
 * Who opens a stream, by header or by ticket. The route is open to the kit's own check because a ticket is none of its
 * business; nothing of an order is read before this. A place for the stream is taken here: of many that are opened at once
 * each is counted before the first of them reads anything. It is given back when the answer is no stream.
 * @throws HttpProblem 401, 403 or 429
 */
export function admit(
  request: FastifyRequest<{ Querystring: { ticket?: string } }>,
  gate: {
    readonly tickets: StreamTickets;
    readonly streams: OpenStreams;
    readonly isRevoked: (caller: Caller) => boolean;
    readonly grants: readonly Grant[];
  },
): { readonly caller: Caller; readonly place: StreamPlace } {
  const { ticket } = request.query;
  const caller = request.caller ?? (ticket === undefined ? null : gate.tickets.read(ticket));
  // A ticket outlives the check of the token that it was given for.
  if (caller === null || gate.isRevoked(caller)) {
    const challenge = ticket === undefined ? "Bearer" : 'Bearer error="invalid_token"';
    throw houseProblem("unauthenticated", { headers: { "www-authenticate": challenge } });
  }
  if (!isGranted(caller, gate.grants)) {
    throw houseProblem("forbidden", { headers: { "www-authenticate": 'Bearer error="insufficient_scope"' } });
  }
  const place = gate.streams.reserve(caller);
  if (place === null) throw problem("too-many-streams", { headers: { "retry-after": "5" } });
  return { caller, place };
}

/** Where to resume: the browser's header, or the query of whoever had to open the stream anew. */
export function lastEventIdOf(request: FastifyRequest<{ Querystring: { last_event_id?: string } }>) {
  const header = request.headers["last-event-id"];
  return typeof header === "string" ? header : request.query.last_event_id;
}
