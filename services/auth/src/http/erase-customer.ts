import { noteAct } from "@comanda/audit";
import { type App, callerOf, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { authProblem, authProblems } from "../problems.ts";
import type { EraseCustomer } from "../use-cases/erase-customer.ts";
import { ReceiptSchema, viewOfReceipt } from "./erasure-receipt.ts";
import { ownData } from "./own-data.ts";

const schema = {
  operationId: "erase-customer",
  tags: ["customers"],
  summary: "Erase a person: oneself, or anybody as administrator (LGPD art. 18 VI)",
  description:
    "Name, e-mail, CPF and sign-ins are gone with this answer, and the same CPF and e-mail may register as new. The other services are told; the receipt says when they have done their part. With a CPF alone: 401, prove who you are first.",
  params: IdParams,
  response: {
    202: ReceiptSchema,
    ...problemResponses(
      [
        "unauthenticated",
        "verification-needed",
        "forbidden",
        "not-found",
        "last-admin",
        "validation-failed",
        "internal",
        "unavailable",
      ],
      authProblems,
    ),
  },
} as const;

/** `DELETE /customers/{id}` */
export function eraseCustomerRoute(app: App, deps: { readonly eraseCustomer: EraseCustomer }): void {
  const config = { access: ["customer", "admin"], audit: "erase-customer" } as const;
  app.delete("/customers/:id", { config, schema }, async (request, reply) => {
    const { id, caller } = ownData(callerOf(request), { params: request.params, needsProof: true });
    const note = noteAct(request, { kind: "customers" });
    const erased = await deps.eraseCustomer({ id, askedBy: caller.id === id ? "self" : "admin", note });
    if (!erased.ok) throw erased.refusal === "unknown" ? houseProblem("not-found") : authProblem(erased.refusal);
    const location = `/customers/erasures/${erased.value.id}`;
    reply.code(202).headers({ location, "cache-control": "no-store" });
    return viewOfReceipt(erased.value);
  });
}
