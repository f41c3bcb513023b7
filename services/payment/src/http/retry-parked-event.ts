import type { OutboxStore } from "@comanda/messaging";
import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";

const schema = {
  operationId: "retry-parked-event",
  tags: ["events"],
  summary: "Send a parked event again",
  params: IdParams,
  response: {
    202: Type.Object({ id: Type.String() }),
    ...problemResponses(["malformed-request", "unauthenticated", "forbidden", "not-found", "internal", "unavailable"]),
  },
} as const;

type Deps = { readonly outbox: OutboxStore; readonly wakeRelay: () => void };

/** `POST /events/parked/{id}/retry` */
export function retryParkedEventRoute(app: App, { outbox, wakeRelay }: Deps): void {
  app.post(
    "/events/parked/:id/retry",
    { config: { access: ["admin"], audit: "retry-parked-event", auditAhead: true }, schema },
    async (request, reply) => {
      const id = request.params.id.toLowerCase();
      if (!(await outbox.retryParked(id))) throw houseProblem("not-found");
      wakeRelay();
      return reply.code(202).send({ id });
    },
  );
}
