import { noteShown } from "@comanda/audit";
import { CHARGE_STATUSES } from "@comanda/contracts";
import { type App, callerOf, houseProblem, IdSchema, PageOf, pageQuery, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { ChargeStore } from "../storage/charge-store.ts";
import { isVisible, READERS, viewOf } from "./charge-access.ts";
import { ChargeSeenSchema, viewFor } from "./charge-schema.ts";
import { cursorOf, idOfCursor } from "./cursor.ts";

const schema = {
  operationId: "list-charges",
  tags: ["payments"],
  summary: "List payments",
  description:
    "Newest first. Payers see their own, staff and services see all. The kitchen sees how each stands, without price and person, and may not ask by `customer_id`.",
  querystring: Type.Object({
    order_id: Type.Optional(IdSchema),
    customer_id: Type.Optional(IdSchema),
    status: Type.Optional(Type.Enum(CHARGE_STATUSES)),
    ...pageQuery,
  }),
  response: {
    200: PageOf(ChargeSeenSchema),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /payments/` */
export function listChargesRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/payments/", { config: { access: READERS, audit: "list-charges" }, schema }, async (request) => {
    const { order_id: orderId, customer_id: asked, status, limit, cursor } = request.query;
    const view = viewOf(callerOf(request));
    // Whose payments they are is what the kitchen is not told.
    if (view.audience === "kitchen" && asked !== undefined) throw houseProblem("forbidden");
    // To look after payments is the work; to look after one person is something else.
    if (asked === undefined) request.audit.leaveOut();
    const customerId = view.audience !== "guest" ? asked?.toLowerCase() : view.customerId;
    if (customerId === null) return { items: [], next_cursor: null };
    // Somebody else's payments are not there, for those who may not see them.
    if (asked !== undefined && asked.toLowerCase() !== customerId) return { items: [], next_cursor: null };
    const after = cursor === undefined ? undefined : idOfCursor(cursor);
    const page = await store.list({
      ...(orderId === undefined ? {} : { orderId: orderId.toLowerCase() }),
      ...(customerId === undefined ? {} : { customerId }),
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    });
    const shown = page.slice(0, limit).filter((charge) => isVisible(charge, view));
    const last = page[limit - 1];
    const hasMore = page.length > limit && shown.length === limit && last !== undefined;
    noteShown(request, { items: shown, about: asked });
    return {
      items: await Promise.all(shown.map((charge) => viewFor(charge, view.audience))),
      next_cursor: hasMore ? cursorOf(last.id) : null,
    };
  });
}
