import { instructionOf } from "@comanda/contracts";
import type { Charge, Order } from "../domain/order.ts";

/** Who was refused so often is better off with a person (product §3.4). */
const REFUSED_OFTEN = 3;

/**
 * What the guest and the staff are to do about the present attempt, in Portuguese: what payment says of it, else what its
 * end means; after three refusals the counter is offered. `null` when there is nothing to say.
 */
export function paymentInstruction(order: Order, charge: Charge): string | null {
  const said = instructionOf(charge.detail) ?? wordsOfEnd(charge);
  if (said === null || order.status !== "requested" || charge.status !== "rejected") return said;
  const refusals = order.charges.filter(({ status }) => status === "rejected").length;
  return refusals < REFUSED_OFTEN ? said : `${said} Já foram ${refusals} recusas: pague no balcão.`;
}

function wordsOfEnd({ status }: Charge): string | null {
  switch (status) {
    case "rejected":
      return "O pagamento foi recusado. Tente de novo ou escolha outra forma de pagamento.";
    case "failed":
      return "O pagamento não pôde ser preparado. Tente de novo ou escolha outra forma de pagamento.";
    case "expired":
      return "O tempo para pagar acabou. Peça um novo código, ou escolha outra forma de pagamento.";
    default:
      return null;
  }
}
