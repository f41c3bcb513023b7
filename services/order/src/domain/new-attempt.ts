import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import { chargeState } from "./charge-state.ts";
import type { Actor, Change, Charge, Order } from "./order.ts";
import { paymentStatusOf } from "./payment-status.ts";
import { newCharge } from "./place-order.ts";

export type AttemptRefusal = {
  readonly code: "payment-method-unavailable" | "already-paid" | "order-not-payable" | "charge-still-open";
};

/** The charge that has to be closed before another may open: never two live charges for one order (product §3.3). */
export function openCharge(order: Pick<Order, "charges">): Charge | null {
  return order.charges.find(({ status }) => chargeState(status) === "open") ?? null;
}

/** Whether the order still waits for money, before anybody is asked to close anything. */
export function checkPayable(
  order: Order,
  { method, deviceId }: Pick<Charge, "method" | "deviceId">,
): Result<null, AttemptRefusal> {
  if (method === "terminal" && deviceId === null) return refuse({ code: "payment-method-unavailable" });
  if (order.status === "requested") return ok(null);
  return refuse({ code: order.paidAt === null ? "order-not-payable" : "already-paid" });
}

/** Another try to collect the money. */
export function addAttempt(
  before: Order,
  command: Pick<Charge, "paymentId" | "method" | "deviceId"> & { readonly actor: Actor; readonly now: Date },
): Result<Change, AttemptRefusal> {
  const { paymentId, method, deviceId, actor, now } = command;
  const payable = checkPayable(before, command);
  if (!payable.ok) return payable;
  if (openCharge(before) !== null) return refuse({ code: "charge-still-open" });
  const attempt = Math.max(0, ...before.charges.map((charge) => charge.attempt)) + 1;
  const charge = newCharge({ paymentId, attempt, method, deviceId, amountCents: before.totalCents });
  const charges = [...before.charges, charge];
  const paymentStatus = paymentStatusOf({ status: before.status, charges });
  const order: Order = { ...before, charges, paymentStatus, version: before.version + 1, updatedAt: now };
  const entry = {
    kind: "payment",
    status: order.status,
    by: actor.role,
    actorId: actor.id,
    reason: null,
    at: now,
  } as const;
  return ok({ before, order, feed: [entry], wishes: [{ kind: "charge", charge }] });
}

/**
 * Notes that payment never heard of a charge and so nobody can pay it. Should the request turn up there late after all,
 * its first word finds a newer attempt and is answered with a release (settle.ts).
 */
export function dropUnknownCharge(before: Order, command: { readonly paymentId: Id; readonly now: Date }): Change {
  const charges = before.charges.map((charge) =>
    charge.paymentId === command.paymentId ? { ...charge, status: "cancelled" as const } : charge,
  );
  const paymentStatus = paymentStatusOf({ status: before.status, charges });
  const order = { ...before, charges, paymentStatus, version: before.version + 1, updatedAt: command.now };
  return { before, order, feed: [], wishes: [] };
}
