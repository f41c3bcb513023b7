import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import type { Committed } from "../stores/order-tables.ts";
import { checkBank } from "./bank-checks.ts";
import { checkCharge } from "./charge-checks.ts";
import { checkOrder } from "./order-checks.ts";
import type { History, Truth, Violation } from "./truth.ts";

/** Looks at every commit, at the moment it happens. */
export type Watch = {
  readonly history: History;
  readonly onOrders: (committed: readonly Committed[]) => void;
  readonly onCharge: (before: Charge | null, after: Charge) => void;
  readonly onPublished: (eventId: string) => void;
  readonly onTaken: (eventId: string) => void;
  readonly afterStep: () => void;
  readonly report: (violation: Violation) => void;
  readonly violations: readonly Violation[];
};

export function makeWatch(truth: Truth): Watch {
  const violations: Violation[] = [];
  const history: History = {
    answered: new Map(),
    receipts: new Set(),
    givenUp: new Set(),
    said: new Set(),
    published: new Map(),
    taken: new Map(),
  };
  const report = (violation: Violation) => {
    truth.sim.note(`VIOLATION ${violation.rule}`, () => violation.what);
    violations.push(violation);
  };
  let seenOfBank = -1;
  return {
    history,
    violations,
    report,
    onOrders: (committed) => {
      for (const change of committed) checkOrder(truth, history, change).forEach(report);
    },
    onCharge: (before, after) => {
      for (const { id } of after.unsent) history.said.add(id);
      checkCharge(truth, history, { before, after }).forEach(report);
    },
    onPublished: (id) => {
      history.published.set(id, (history.published.get(id) ?? 0) + 1);
      const isOrders = truth.orderTables.outbox.some((row) => row.id === id);
      const isPayments = [...truth.chargeTables.charges.values()].some(({ charge }) =>
        charge.unsent.some((event) => event.id === id),
      );
      if (!isOrders && !isPayments) report({ rule: "I7", what: `event ${id} left without a committed row` });
    },
    onTaken: (id) => {
      const times = (history.taken.get(id) ?? 0) + 1;
      history.taken.set(id, times);
      if (times > 1) report({ rule: "I8", what: `event ${id} took effect ${times} times` });
    },
    afterStep: () => {
      const { changes } = truth.bank;
      if (changes() === seenOfBank) return;
      seenOfBank = changes();
      checkBank(truth).forEach(report);
    },
  };
}
