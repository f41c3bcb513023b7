import { type App, houseProblem, IdParams, IdSchema, InstantSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";
import { orderRouteProblems } from "./order-problems.ts";

const Parked = Type.Object({
  id: IdSchema,
  type: Type.String(),
  subject: IdSchema,
  attempts: Type.Integer(),
  reason: Type.String(),
  parked_at: InstantSchema,
});

const listSchema = {
  operationId: "list-parked-events",
  summary: "Events that were given up and wait for people",
  tags: ["events"],
  response: { 200: Type.Object({ items: Type.Array(Parked) }), ...orderRouteProblems() },
};

const retrySchema = {
  operationId: "retry-parked-event",
  summary: "Send a given-up event again",
  tags: ["events"],
  params: IdParams,
  response: { 204: Type.Null(), ...orderRouteProblems("not-found") },
};

const SHOWN_MAX = 100;

export function registerParkedEvents(app: App, { outbox }: Ordering): void {
  app.get("/events/parked", { config: { access: ["admin"] }, schema: listSchema }, async () => {
    const parked = await outbox.listParked(SHOWN_MAX);
    return { items: parked.map(({ parkedAt, ...event }) => ({ ...event, parked_at: parkedAt.toISOString() })) };
  });

  app.post(
    "/events/parked/:id/retry",
    { config: { access: ["admin"], audit: "retry-parked-event", auditAhead: true }, schema: retrySchema },
    async (request, reply) => {
      if (!(await outbox.retryParked(request.params.id))) throw houseProblem("not-found");
      return reply.code(204).send(null);
    },
  );
}
