import { type Chargeback, type DisputeOutcome, disputeOrder, disputePayment } from "../domain/chargeback.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { paidCentsOf } from "../domain/order.ts";
import { chargebackNotification, claimNotification } from "../webhooks/notification.ts";
import type { World } from "../world.ts";
import { findById } from "./find-charge.ts";
import { saveOrder, savePayment } from "./save-charge.ts";

/** Opens a dispute over a charge, or moves the one it has; the seller is told of the charge and of the dispute. */
export const disputeCharge = (
  world: World,
  move: { id: string; outcome: DisputeOutcome },
): Decision<Chargeback, "unknown" | "not_disputable"> => {
  const charge = findById(world, move.id);
  const change = { outcome: move.outcome, nowMs: world.clock.now() };
  switch (charge?.kind) {
    case "order": {
      const decision = disputeOrder(charge.order, change);
      if (!decision.ok || charge.order.paid === null) return refuse("not_disputable");
      const { userId, id: target, paid } = charge.order;
      saveOrder(world, decision.value);
      return allow(
        save(world, {
          ...{ userId, target, paymentNumber: paid.referenceId },
          ...{ amountCents: paidCentsOf(charge.order), outcome: move.outcome },
        }),
      );
    }
    case "payment": {
      const decision = disputePayment(charge.payment, change);
      if (!decision.ok) return decision;
      const { userId, id, amountCents } = savePayment(world, { payment: decision.value, action: "payment.updated" });
      return allow(save(world, { userId, target: String(id), paymentNumber: id, amountCents, outcome: move.outcome }));
    }
    default:
      return refuse("unknown");
  }
};

const save = (world: World, given: Omit<Chargeback, "id" | "createdMs" | "updatedMs">): Chargeback => {
  const nowMs = world.clock.now();
  const [known] = world.indexes.chargebacksByTarget(given.target);
  const chargeback = {
    ...given,
    id: known?.id ?? world.ids.number(),
    createdMs: known?.createdMs ?? nowMs,
    updatedMs: nowMs,
  };
  world.tables.chargebacks.put(String(chargeback.id), chargeback);
  const seller = world.sellers.byUserId(given.userId);
  // A complaint at the provider is a claim; only what the bank does is a chargeback.
  const isClaim = given.outcome === "in_mediation" || given.outcome === "approved";
  if (seller !== undefined) {
    const draft = { id: world.ids.uuid(), seller, nowMs };
    world.notify((isClaim ? claimNotification : chargebackNotification)(draft, chargeback));
  }
  return chargeback;
};
