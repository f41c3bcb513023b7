import { openCharge } from "../../../services/order/src/domain/new-attempt.ts";
import type { Order } from "../../../services/order/src/domain/order.ts";
import { allowedStatuses } from "../../../services/order/src/domain/transitions.ts";
import type { Viewer } from "../../../services/order/src/domain/visibility.ts";
import { changeItem } from "../../../services/order/src/use-cases/change-item.ts";
import { changeOrderStatus } from "../../../services/order/src/use-cases/change-status.ts";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { isUnderWay } from "../../../services/payment/src/domain/transitions.ts";
import { receiveAtCounter } from "../../../services/payment/src/use-cases/receive-at-counter.ts";
import { refundCharge } from "../../../services/payment/src/use-cases/refund-charge.ts";
import { retryFailedRefund } from "../../../services/payment/src/use-cases/retry-refund.ts";
import type { BankPayment } from "../provider/holdings.ts";
import type { World } from "../services/world.ts";
import { all } from "../stores/charge-tables.ts";
import { makePerson, type Person } from "./person.ts";
import { BY_ADMIN, isForbiddenByTip, isTakenByBank, leftCents, needsRetry } from "./wishes.ts";

export const EVERYTHING: Viewer = { sees: "all", view: "full" };
export const STAFF_ID = "00000000-0000-7000-8000-00000000e001";

/** Works until the shop closes: a task now and then, as long as `isOpen`. */
export async function shift(
  world: World,
  person: Person,
  options: { readonly everyMs: number; readonly isStaying?: () => boolean; readonly task: () => Promise<void> },
) {
  const { everyMs, isStaying = world.isOpen, task } = options;
  while (isStaying()) {
    await person.sleep(person.dice.between(everyMs / 2, everyMs * 1.5));
    await task();
  }
}

/** Starts what is paid, finishes it, hands it over; sometimes refuses it, or taps on a screen that is out of date. */
export function kitchen(world: World): Promise<void> {
  const person = makePerson(world, "kitchen", "staff");
  const { dice } = person;
  return shift(world, person, {
    everyMs: 6_000,
    task: async () => {
      const order = pickOne(person, world, ({ status }) => ["paid", "preparing", "ready_for_pickup"].includes(status));
      if (order === null) return;
      const actor = { role: order.status === "ready_for_pickup" ? "cashier" : "kitchen", id: STAFF_ID } as const;
      const choices = allowedStatuses(order, { role: actor.role, now: new Date(world.sim.time.now()) });
      if (choices.length === 0) return;
      const expectedVersion = dice.chance(0.7) ? order.version : undefined;
      if (order.status !== "ready_for_pickup" && dice.chance(0.3)) {
        const line = dice.pick(order.lines);
        const to = dice.weigh({ started: 5, done: 5, queued: 1, refused: 1 });
        const step = {
          orderId: order.id,
          lineId: line.id,
          to,
          actor,
          expectedVersion,
          viewer: EVERYTHING,
          traceparent: null,
        };
        await person.askOrder("PATCH /orders/{id}/items/{id}", ({ deps }) => changeItem(deps, step));
        return;
      }
      const to = dice.chance(0.85) ? forward(choices, dice.pick(choices)) : dice.pick(choices);
      const move = { orderId: order.id, to, actor, expectedVersion, viewer: EVERYTHING, traceparent: null };
      await person.askOrder("PATCH /orders/{id}", ({ deps }) => changeOrderStatus(deps, move));
    },
  });
}

function forward(choices: readonly Order["status"][], other: Order["status"]): Order["status"] {
  return (["delivered", "ready_for_pickup", "preparing"] as const).find((status) => choices.includes(status)) ?? other;
}

/** Takes money for orders that are paid at the counter, and repeats what was not answered under the same key. */
export function cashier(world: World): Promise<void> {
  const person = makePerson(world, "cashier", "staff");
  return shift(world, person, {
    everyMs: 8_000,
    task: async () => {
      const order = pickOne(person, world, (one) => openCharge(one)?.method === "counter");
      const charge = order === null ? null : openCharge(order);
      if (charge === null || person.dice.chance(0.3)) return;
      world.watch.history.receipts.add(charge.paymentId);
      const receipt = {
        tender: "cash",
        receivedCents: charge.amountCents + person.dice.pick([0, 0, 500]),
        actor: STAFF_ID,
        key: `receipt of ${charge.paymentId}`,
        fingerprint: "cash",
      } as const;
      for (let tries = 0; tries < 4; tries += 1) {
        const booked = await person.askPayment("POST /payments/{id}/receive", ({ desk }) =>
          receiveAtCounter(desk, charge.paymentId, { receipt, traceparent: null }),
        );
        if (booked !== null) return;
        await person.sleep(3_000);
      }
    },
  });
}

/** The office: calls orders off, gives money back in whole or in part, here or in the provider's own panel. */
export function office(world: World): Promise<void> {
  const person = makePerson(world, "office", "staff");
  const { dice } = person;
  return shift(world, person, {
    everyMs: 15_000,
    task: async () => {
      const act = dice.weigh({ nothing: 4, callOff: 3, refund: 4, panel: 2, dispute: 1 });
      if (act === "callOff") return callOff(world, person);
      if (act === "refund") return giveBack(world, person);
      if (act === "panel") return refundInPanel(world, person);
      if (act === "dispute") return dispute(world, person);
    },
  });
}

async function callOff(world: World, person: Person): Promise<void> {
  const order = pickOne(person, world, ({ status }) => ["requested", "paid", "preparing"].includes(status));
  if (order === null) return;
  const actor = { role: "admin", id: STAFF_ID } as const;
  const to = person.dice.chance(0.6) ? "cancelled" : "rejected";
  const move = { orderId: order.id, to, actor, reason: "office", viewer: EVERYTHING, traceparent: null } as const;
  await person.askOrder("PATCH /orders/{id}", ({ deps }) => changeOrderStatus(deps, move));
}

async function giveBack(world: World, person: Person): Promise<void> {
  const { dice } = person;
  const charge = pickCharge(person, world, ({ approvedAt }) => approvedAt !== null);
  if (charge === null) return;
  const amountCents = dice.chance(0.4) ? null : dice.between(1, charge.amountCents);
  const idempotencyKey = `refund ${dice.between(0, 1_000_000)}`;
  const request = { amountCents, reason: BY_ADMIN, idempotencyKey, fingerprint: String(amountCents) };
  for (let tries = 0; tries < 4; tries += 1) {
    const refunded = await person.askPayment("POST /payments/{id}/refunds", ({ desk }) =>
      refundCharge(desk, charge.id, { request, traceparent: null }),
    );
    if (refunded !== null) return;
    await person.sleep(2_000);
  }
}

async function refundInPanel({ bank, chargeTables }: World, { dice }: Person): Promise<void> {
  const paid = bank.orders.flatMap((order) => {
    const own = chargeTables.charges.get(order.reference)?.charge.providerPaymentId;
    // What came beside the charge's own money is given back by the house; nobody else does it at the same time.
    const isOwn = ({ id, amountCents }: BankPayment) =>
      order.kind === "link" ? id === own : amountCents === order.amountCents;
    return order.payments
      .filter((payment) => payment.status === "approved" && isOwn(payment))
      .map((payment) => ({ order, payment }));
  });
  if (paid.length === 0) return;
  const { order, payment } = dice.pick(paid);
  const amountCents = dice.chance(0.5) ? null : dice.between(1, payment.amountCents);
  bank.refund(order, { payment, amountCents, ours: null });
}

async function dispute({ bank }: World, { dice }: Person): Promise<void> {
  const paid = bank.orders.flatMap((order) =>
    order.payments.filter(({ status }) => status === "approved").map((payment) => ({ order, payment })),
  );
  if (paid.length === 0) return;
  const { order, payment } = dice.pick(paid);
  bank.dispute(order, payment, { isLost: dice.chance(0.5), delayMs: dice.between(1_000, 60_000) });
}

/**
 * Some of it is still here, a refund failed, and the order that it was for has ended or was paid by another charge, and
 * says so of this money. While it has not heard that the money came, it may still become paid by it (T21).
 */
function isOwed({ orderTables }: World, charge: Charge): boolean {
  const order = orderTables.orders.get(charge.orderId);
  const hasHeard = order?.charges.find(({ paymentId }) => paymentId === charge.id)?.status === charge.status;
  const isPaidOtherwise = order !== undefined && order.paidBy !== null && order.paidBy !== charge.id;
  const isOver = hasHeard && (isPaidOtherwise || ["cancelled", "rejected"].includes(order?.status ?? ""));
  const hasFailed = charge.refunds.some(({ status, strayPaymentId }) => status === "failed" && strayPaymentId === null);
  return isOver && hasFailed && leftCents(charge) > 0 && charge.refunds.every((refund) => !isUnderWay(refund));
}

/** When all is calm a failed refund is tried again: that is what the alarm asks people to do. */
export function manager(world: World): Promise<void> {
  const person = makePerson(world, "manager", "staff");
  return shift(world, person, {
    everyMs: 30_000,
    isStaying: () => !world.isOver(),
    task: async () => {
      if (!world.sim.faults.areOver()) return;
      for (const charge of all(world.chargeTables)) {
        for (const refund of charge.refunds.filter((one) => needsRetry(charge, one))) {
          if (isTakenByBank(world.bank, charge, refund) || isForbiddenByTip(world.bank, charge, refund)) continue;
          const { id } = refund;
          const retried = await person.askPayment("POST /payments/{id}/refunds/{id}/retry", ({ desk }) =>
            retryFailedRefund(desk, charge.id, { refundId: id, traceparent: null }),
          );
          if (retried?.ok === false) world.watch.history.givenUp.add(id);
        }
        if (isOwed(world, charge)) {
          const request = { amountCents: null, reason: "the order ended", idempotencyKey: null, fingerprint: null };
          await person.askPayment("POST /payments/{id}/refunds", ({ desk }) =>
            refundCharge(desk, charge.id, { request, traceparent: null }),
          );
        }
      }
    },
  });
}

function pickOne({ dice }: Person, { orderTables }: World, matches: (order: Order) => boolean): Order | null {
  const found = [...orderTables.orders.values()].filter(matches);
  return found.length === 0 ? null : dice.pick(found);
}

function pickCharge({ dice }: Person, { chargeTables }: World, matches: (charge: Charge) => boolean): Charge | null {
  const found = all(chargeTables).filter(matches);
  return found.length === 0 ? null : dice.pick(found);
}
