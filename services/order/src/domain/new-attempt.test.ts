import { CHARGE_STATUSES, ORDER_STATUSES } from "@comanda/contracts";
import { describe, expect, it } from "vitest";
import { aCharge, anOrder, NOW } from "../../test/order-builders.ts";
import { chargeState } from "./charge-state.ts";
import { addAttempt, dropUnknownCharge, openCharge } from "./new-attempt.ts";

const command = {
  paymentId: "new",
  method: "link",
  deviceId: null,
  actor: { role: "customer", id: null },
  now: NOW,
} as const;

describe("addAttempt", () => {
  it("when every order status meets every charge status, then a second live charge never comes about", () => {
    for (const status of ORDER_STATUSES) {
      for (const charge of CHARGE_STATUSES) {
        const order = anOrder({
          status,
          charges: [aCharge({ status: charge })],
          paidAt: status === "paid" ? NOW : null,
        });
        const added = addAttempt(order, command);
        const cell = `${status} × ${charge}`;
        if (status !== "requested") {
          const code = status === "paid" ? "already-paid" : "order-not-payable";
          expect(added, cell).toEqual({ ok: false, refusal: { code } });
        } else if (chargeState(charge) === "open") {
          expect(added, cell).toEqual({ ok: false, refusal: { code: "charge-still-open" } });
        } else {
          expect(added.ok && added.value.order.charges.map(({ attempt }) => attempt), cell).toEqual([1, 2]);
          expect(added.ok && added.value.wishes, cell).toMatchObject([
            { kind: "charge", charge: { paymentId: "new", attempt: 2 } },
          ]);
        }
      }
    }
  });

  it("when payment never heard of a charge, then it is dropped and another may open", () => {
    const order = anOrder({ charges: [aCharge({ status: "created", version: 0 })] });
    const dropped = dropUnknownCharge(order, { paymentId: order.charges[0]?.paymentId ?? "", now: NOW });
    expect(openCharge(dropped.order)).toBeNull();
    expect(addAttempt(dropped.order, command).ok).toBe(true);
  });
});
