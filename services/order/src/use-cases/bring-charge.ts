import { ok } from "@comanda/primitives";
import { currentCharge, type Order } from "../domain/order.ts";
import { settle } from "../domain/settle.ts";
import type { KeyName } from "../storage/idempotency-keys.ts";
import { changeOrder, newsOf } from "./change-order.ts";
import { firstAnswerOf } from "./first-answer.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

/**
 * Asks payment for the QR or the link of an order's newest attempt within the guest's patience, and writes down what it
 * answered. With payment away the order stays as it is, and the event that was written with the attempt brings it later.
 *
 * @param keepAs where the answer to the guest's request is kept for its repetitions
 */
export async function bringCharge(
  deps: OrderingDeps,
  command: { readonly order: Order; readonly traceparent: string; readonly keepAs: KeyName | null },
): Promise<Order> {
  const { store, clock, payments, announce } = deps;
  const { order, traceparent, keepAs } = command;
  const charge = currentCharge(order);
  const snapshot = charge === null ? null : await payments.requestCharge(order, charge, traceparent);
  if (snapshot === null) {
    if (keepAs !== null) await store.requests.keepAnswer(keepAs, firstAnswerOf(order));
    return order;
  }
  // Nearly always nothing has happened to the order meanwhile: then one statement does it.
  const change = settle(order, snapshot, clock.now());
  const answer = change === null || keepAs === null ? undefined : { name: keepAs, answer: firstAnswerOf(change.order) };
  const answered = [snapshot.paymentId];
  if (change !== null && (await store.save(change, { traceparent, answered, answer }))) {
    announce(newsOf(change));
    return change.order;
  }
  // An event was faster.
  const changed = await changeOrder(store, order.id, {
    traceparent,
    announce,
    answered,
    decide: (present) => ok(settle(present, snapshot, clock.now())),
  });
  const present = changed.ok ? changed.value : order;
  if (keepAs !== null) await store.requests.keepAnswer(keepAs, firstAnswerOf(present));
  return present;
}
