import {
  type App,
  callerOf,
  houseProblem,
  IdParams,
  InstantSchema,
  Nullable,
  problemResponses,
} from "@comanda/service-kit";
import { Type } from "typebox";
import type { Charge } from "../domain/charge.ts";
import type { ChargeStore, CountedNotice } from "../storage/charge-store.ts";
import { chargesOfCustomer } from "../use-cases/customer-charges.ts";
import { noticeIdsOf, noticesOf } from "../use-cases/notices-of-charges.ts";
import { ChargeWith, viewOfCharge } from "./charge-schema.ts";
import { noticeText } from "./notice-text.ts";
import { ownReasonIn } from "./own-reasons.ts";
import { RefundListedSchema, viewOfRefunds } from "./refund-schema.ts";

const HeldCharge = ChargeWith({
  refunds: Type.Array(RefundListedSchema),
  close_reason: Nullable(Type.String({ description: "Why it was closed without money" })),
  notices: Type.Array(
    Type.Object({
      received_at: InstantSchema,
      topic: Type.String(),
      text: Nullable(Type.String({ description: "Its body, without what may be of whoever paid for somebody else" })),
    }),
    { description: "What Mercado Pago said of it, as long as it is kept" },
  ),
});

const schema = {
  operationId: "read-customer-data",
  tags: ["privacy"],
  summary: "What payment holds about one person",
  description: "For auth, which answers a person's request for all their data (LGPD art. 18); nobody else may ask.",
  params: IdParams,
  response: {
    200: Type.Object({ payments: Type.Array(HeldCharge) }),
    ...problemResponses(["unauthenticated", "forbidden", "validation-failed", "internal", "unavailable"]),
  },
} as const;

/** `GET /privacy/customers/{id}` */
export function readCustomerDataRoute(app: App, { store }: { readonly store: ChargeStore }): void {
  app.get("/privacy/customers/:id", { config: { access: ["service"] }, schema }, async (request, reply) => {
    if (callerOf(request).clientId !== "auth") throw houseProblem("forbidden");
    const charges = await chargesOfCustomer(store, request.params.id.toLowerCase());
    reply.header("cache-control", "no-store");
    const notices = await noticesOf(charges, store);
    return { payments: await Promise.all(charges.map((charge) => viewOfHeld(charge, notices))) };
  });
}

async function viewOfHeld(charge: Charge, notices: ReadonlyMap<string, CountedNotice>) {
  return {
    ...(await viewOfCharge(charge, "guest")),
    refunds: viewOfRefunds(charge),
    close_reason: closeReasonOf(charge),
    notices: noticeIdsOf(charge).flatMap((id) => viewsOfNotice(notices.get(id))),
  };
}

function closeReasonOf({ entries }: Charge): string | null {
  const closing = entries.findLast(({ kind, summary }) => kind === "decision" && summary.startsWith("close as "));
  const reason = closing?.detail["reason"];
  return typeof reason === "string" ? ownReasonIn("pt", reason) : null;
}

function viewsOfNotice(notice: CountedNotice | undefined) {
  if (notice === undefined) return [];
  const { receivedAt, topic, rawBody } = notice;
  return [{ received_at: receivedAt.toISOString(), topic, text: noticeText(rawBody).text }];
}
