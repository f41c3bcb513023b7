import type { Sim } from "../engine/sim.ts";
import type { BankOrder, BankPayment, BankRefund } from "./holdings.ts";
import { makeTerminals, type Terminals } from "./terminals.ts";

/** What a notification is sent about. */
export type Told = {
  readonly topic: "order" | "payment";
  readonly id: string;
  /** Nobody here began it, so nothing but its notice tells of it before the daily reconciliation. */
  readonly isElsewhere?: boolean;
};

/** The provider itself: what it holds is the truth that all our books are measured by. */
export type Bank = {
  readonly orders: BankOrder[];
  readonly terminals: Terminals;
  /** Rises with every change. */
  readonly changes: () => number;
  readonly find: (id: string) => BankOrder | null;
  readonly ofReference: (reference: string) => readonly BankOrder[];
  readonly findPayment: (id: string) => { readonly order: BankOrder; readonly payment: BankPayment } | null;
  readonly make: (wish: {
    readonly kind: BankOrder["kind"];
    readonly reference: string;
    readonly amountCents: number;
    readonly expiresAt: number;
    readonly terminalId?: string;
  }) => BankOrder;
  /** `closed`; `asked`: the terminal that shows it will answer; else why it is not closed. */
  readonly close: (order: BankOrder) => "closed" | "asked" | { readonly refused: string };
  /** A payer begins: the money arrives after `delayMs`, unless it is closed before. `false`: it cannot be paid now. */
  readonly pay: (order: BankOrder, how: { readonly amountCents: number; readonly delayMs: number }) => boolean;
  readonly refund: (
    order: BankOrder,
    wish: { readonly payment: BankPayment; readonly amountCents: number | null; readonly ours: string | null },
  ) => BankRefund | { readonly refused: string; readonly status: number };
  /** A dispute of a paid payment and, after `delayMs`, its end. */
  readonly dispute: (
    order: BankOrder,
    payment: BankPayment,
    end: { readonly isLost: boolean; readonly delayMs: number },
  ) => void;
};

const SEARCH_LAG_MS = 4_000;
const REFUND_MAX_MS = 60_000;

/** @param tell called for every change that the provider notifies of */
export function makeBank(sim: Sim, tell: (told: Told) => void): Bank {
  const orders: BankOrder[] = [];
  let count = 0;
  let changes = 0;
  const nextId = () => {
    count += 1;
    changes += 1;
    return String(10_000_000_000 + count);
  };
  const now = sim.time.now;
  const changed = (order: BankOrder, payment: BankPayment | null, isElsewhere = false) => {
    changes += 1;
    // Its clock never says the same twice of one thing, so that the newer of two answers can be told.
    order.updatedAt = Math.max(order.updatedAt + 1, now());
    if (payment !== null) payment.updatedAt = order.updatedAt;
    const isLink = order.kind === "link" && payment !== null;
    tell(isLink ? { topic: "payment", id: payment.id, isElsewhere } : { topic: "order", id: order.id, isElsewhere });
  };
  const expire = (order: BankOrder) => {
    if (order.atTerminal === null ? order.status !== "created" : !terminals.expire(order)) return;
    order.status = "expired";
    sim.note("bank expires", () => order.reference);
    if (order.kind !== "link") changed(order, null);
  };
  const begin = (order: BankOrder, paid: Pick<BankPayment, "amountCents" | "tipCents" | "searchableAt">) => {
    const begun: BankPayment = {
      id: nextId(),
      ...paid,
      status: "pending",
      approvedAt: null,
      updatedAt: now(),
      refunds: [],
    };
    order.payments.push(begun);
    return begun;
  };
  const arrive = (order: BankOrder, payment: BankPayment, isTold = true) => {
    if (payment.status !== "pending") return;
    if (order.kind === "qr" && order.status === "canceled") {
      payment.status = "cancelled";
      return;
    }
    payment.status = "approved";
    payment.approvedAt = now();
    if (order.kind !== "link") order.status = "processed";
    sim.note("bank takes money", () => `${order.reference} ${payment.amountCents}`);
    if (isTold) return changed(order, payment);
    changes += 1;
    order.updatedAt = Math.max(order.updatedAt + 1, now());
    payment.updatedAt = order.updatedAt;
  };
  const settle = (order: BankOrder, payment: BankPayment, refund: BankRefund) => {
    if (refund.status !== "in_process") return;
    refund.status = sim.faults.strikes("refundFails") ? "failed" : "done";
    sim.note(`bank refund ${refund.status}`, () => `${order.reference} ${refund.amountCents}`);
    changed(order, payment, refund.ours === null);
  };
  const terminals = makeTerminals(sim, {
    orders,
    changed: (order) => changed(order, null),
    begin: (order, paid) => begin(order, { ...paid, searchableAt: now() }),
    arrive,
  });

  return {
    orders,
    terminals,
    changes: () => changes,
    find: (id) => orders.find((order) => order.id === id) ?? null,
    ofReference: (reference) => orders.filter((order) => order.reference === reference),
    findPayment: (id) => {
      for (const order of orders) {
        const payment = order.payments.find((one) => one.id === id);
        if (payment !== undefined) return { order, payment };
      }
      return null;
    },
    make: (wish) => {
      const { terminalId, ...asked } = wish;
      const id = wish.kind === "link" ? `pref-${nextId()}` : `ORD${nextId()}`;
      const atTerminal = terminalId === undefined ? null : terminals.place(terminalId);
      const order: BankOrder = { id, ...asked, status: "created", atTerminal, updatedAt: now(), payments: [] };
      orders.push(order);
      sim.note(`bank makes ${wish.kind}`, () => `${wish.reference} ${wish.amountCents}`);
      sim.time.after(wish.expiresAt - now(), () => expire(order));
      if (atTerminal !== null) terminals.queue(order);
      if (wish.kind !== "link") tell({ topic: "order", id });
      return order;
    },
    close: (order) => {
      if (order.status === "canceled") return { refused: "order_already_canceled" };
      if (order.status === "at_terminal") return terminals.askToCancel(order);
      if (order.kind !== "link") {
        if (order.status !== "created") return { refused: "cannot_cancel_order" };
        order.status = "canceled";
        changed(order, null);
        return "closed";
      }
      order.status = "canceled";
      order.updatedAt = Math.max(order.updatedAt + 1, now());
      // Closing a link is shutting it and cancelling what a search finds on it: what was begun just now may still come.
      const begun = order.payments.filter(({ status, searchableAt }) => status === "pending" && searchableAt <= now());
      for (const payment of begun) {
        payment.status = "cancelled";
        changed(order, payment);
      }
      return "closed";
    },
    pay: (order, { amountCents, delayMs }) => {
      if (order.status !== "created" || (order.kind === "qr" && order.payments.length > 0)) return false;
      const lag = sim.dice.between(0, SEARCH_LAG_MS);
      const payment = begin(order, { amountCents, tipCents: 0, searchableAt: now() + lag });
      if (order.kind === "link") changed(order, payment);
      sim.time.after(delayMs, () => arrive(order, payment));
      return true;
    },
    refund: (order, { payment, amountCents, ours }) => {
      const gone = payment.refunds.reduce((sum, one) => sum + (one.status === "failed" ? 0 : one.amountCents), 0);
      const left = payment.amountCents - gone;
      if (payment.status !== "approved") return { refused: "cannot_refund_order", status: 409 };
      if (payment.refunds.some(({ status }) => status === "in_process")) {
        return { refused: "refund_in_progress", status: 409 };
      }
      if (left === 0) return { refused: "order_already_refunded", status: 409 };
      if ((amountCents ?? left) > left) return { refused: "refund_amount_exceeds", status: 400 };
      if (amountCents !== null && payment.tipCents > 0) {
        return { refused: "partial_refund_forbidden_with_tips", status: 403 };
      }
      if (sim.faults.strikes("refundFails")) return { refused: "insufficient_money_for_refund", status: 400 };
      const { tipCents } = payment;
      const refund: BankRefund = {
        id: nextId(),
        ours,
        amountCents: amountCents ?? left,
        tipCents,
        status: "in_process",
      };
      payment.refunds.push(refund);
      sim.note("bank begins refund", () => `${order.reference} ${refund.amountCents} for ${ours ?? "the panel"}`);
      if (order.kind === "link" && sim.dice.chance(0.7)) settle(order, payment, refund);
      else {
        changed(order, payment, ours === null);
        sim.time.after(sim.dice.between(100, REFUND_MAX_MS), () => settle(order, payment, refund));
      }
      return refund;
    },
    dispute: (order, payment, { isLost, delayMs }) => {
      if (payment.status !== "approved" || payment.refunds.length > 0) return;
      const become = (status: BankPayment["status"]) => {
        changes += 1;
        payment.status = status;
        // The order of a QR or a terminal shows nothing of it, not even a newer date.
        payment.updatedAt = Math.max(payment.updatedAt, order.updatedAt, now()) + 1;
        sim.note(`bank: ${status}`, () => order.reference);
        tell({ topic: "payment", id: payment.id, isElsewhere: true });
      };
      become("in_mediation");
      sim.time.after(delayMs, () => become(isLost ? "charged_back" : "approved"));
    },
  };
}

/** What came in by a payment and is still here, in centavos. */
export function keptCents({ status, amountCents, refunds }: BankPayment): number {
  if (status !== "approved" && status !== "in_mediation") return 0;
  return amountCents - refunds.reduce((sum, refund) => sum + (refund.status === "done" ? refund.amountCents : 0), 0);
}

/** What is here of all that came under these references. */
export function keptUnder(bank: Bank, references: readonly string[]): number {
  return bank.orders
    .filter(({ reference }) => references.includes(reference))
    .flatMap(({ payments }) => payments)
    .reduce((sum, payment) => sum + keptCents(payment), 0);
}
