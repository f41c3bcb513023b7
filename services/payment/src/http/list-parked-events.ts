import type { OutboxStore } from "@comanda/messaging";
import { type App, InstantSchema, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";

const SHOWN_MAX = 100;

const schema = {
  operationId: "list-parked-events",
  tags: ["events"],
  summary: "Events that were given up",
  description: "Refused by their receiver or tried too often; they wait for a person.",
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          id: Type.String(),
          type: Type.String(),
          subject: Type.String(),
          attempts: Type.Integer(),
          reason: Type.String(),
          parked_at: InstantSchema,
        }),
      ),
    }),
    ...problemResponses(["unauthenticated", "forbidden", "internal", "unavailable"]),
  },
} as const;

/** `GET /events/parked` */
export function listParkedEventsRoute(app: App, { outbox }: { readonly outbox: OutboxStore }): void {
  app.get("/events/parked", { config: { access: ["admin"] }, schema }, async () => {
    const parked = await outbox.listParked(SHOWN_MAX);
    return {
      items: parked.map(({ parkedAt, ...event }) => ({ ...event, parked_at: parkedAt.toISOString() })),
    };
  });
}
