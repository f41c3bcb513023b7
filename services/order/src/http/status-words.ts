import type { OrderStatus } from "@comanda/contracts";
import type { Words } from "@comanda/service-kit";
import type { LineStatus } from "../domain/order.ts";

/** What guests and staff call a status (docs/glossary.md). */
const ORDER_WORDS: Readonly<Record<OrderStatus, Words>> = {
  requested: { pt: "anotado", en: "placed" },
  paid: { pt: "recebido", en: "received" },
  preparing: { pt: "em preparação", en: "being prepared" },
  ready_for_pickup: { pt: "pronto", en: "ready" },
  out_for_delivery: { pt: "saiu para entrega", en: "out for delivery" },
  delivered: { pt: "entregue", en: "delivered" },
  unclaimed: { pt: "não retirado", en: "not picked up" },
  cancelled: { pt: "cancelado", en: "cancelled" },
  rejected: { pt: "recusado", en: "refused" },
  refunded: { pt: "devolvido", en: "refunded" },
};

const LINE_WORDS: Readonly<Record<LineStatus, Words>> = {
  queued: { pt: "na fila", en: "queued" },
  started: { pt: "em preparo", en: "started" },
  done: { pt: "feito", en: "done" },
  refused: { pt: "recusado", en: "refused" },
};

type Step<Status> = { readonly from: Status; readonly to: Status; readonly allowed: readonly Status[] };

/** Why an order does not move, for whoever works with orders. */
export function whyNoTransition(step: Step<OrderStatus>): Words {
  return sentence(step, ORDER_WORDS);
}

/** The same for one line of it. */
export function whyNoLineStep(step: Step<LineStatus>): Words {
  return sentence(step, LINE_WORDS);
}

/** Why a guest cannot call an order off any more; what else could be done with it is not theirs to do. */
export function whyNoCancelling(from: OrderStatus): Words {
  const { pt, en } = ORDER_WORDS[from];
  const isDeparted = from === "out_for_delivery";
  return {
    pt: `O pedido ${isDeparted ? pt : `está ${pt}`} e já não pode ser cancelado.`,
    en: `The order is ${en} and can no longer be cancelled.`,
  };
}

function sentence<Status extends string>(step: Step<Status>, words: Readonly<Record<Status, Words>>): Words {
  const { from, to, allowed } = step;
  const list = (language: keyof Words) => allowed.map((status) => words[status][language]).join(", ");
  const isOver = allowed.length === 0;
  return {
    pt: `De “${words[from].pt}” não se passa para “${words[to].pt}”. ${isOver ? "Não há outra mudança possível." : `Possíveis: ${list("pt")}.`}`,
    en: `“${words[from].en}” cannot become “${words[to].en}”. ${isOver ? "Nothing else is possible." : `Possible: ${list("en")}.`}`,
  };
}
