import { CHARGE_STATUSES, ORDER_PAYMENT_STATUSES, ORDER_STATUSES, type OrderPaymentStatus } from "@comanda/contracts";
import { describe, expect, it } from "vitest";
import { aCharge } from "../../test/order-builders.ts";
import { paymentStatusOf } from "./payment-status.ts";

const OF_ONE: Readonly<Record<(typeof CHARGE_STATUSES)[number], OrderPaymentStatus>> = {
  created: "pending",
  pending: "awaiting_payment",
  in_process: "in_process",
  approved: "approved",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
  failed: "rejected",
  refund_pending: "refund_pending",
  partially_refunded: "partially_refunded",
  refunded: "refunded",
  in_dispute: "approved",
  charged_back: "charged_back",
};

describe("paymentStatusOf", () => {
  it("when a living order has one charge, then its status is the charge's, in the order's words", () => {
    for (const status of CHARGE_STATUSES) {
      expect(paymentStatusOf({ status: "preparing", charges: [aCharge({ status })] }), status).toBe(OF_ONE[status]);
    }
  });

  it("when any order meets any two charges, then the answer is one of the contract's words", () => {
    for (const status of ORDER_STATUSES) {
      for (const first of CHARGE_STATUSES) {
        for (const second of CHARGE_STATUSES) {
          const charges = [aCharge({ status: first }), aCharge({ attempt: 2, status: second })];
          expect(ORDER_PAYMENT_STATUSES).toContain(paymentStatusOf({ status, charges }));
        }
      }
    }
  });

  it("when there is money, then it outweighs a newer attempt without any", () => {
    const of = (first: (typeof CHARGE_STATUSES)[number], second: (typeof CHARGE_STATUSES)[number]) =>
      paymentStatusOf({
        status: "paid",
        charges: [aCharge({ status: first }), aCharge({ attempt: 2, status: second })],
      });
    expect(of("approved", "expired")).toBe("approved");
    expect(of("refunded", "approved")).toBe("approved");
    expect(of("refunded", "expired")).toBe("refunded");
    expect(of("expired", "pending")).toBe("awaiting_payment");
  });

  it("when an order ended, then money here is on its way back and an open charge counts for nothing", () => {
    expect(paymentStatusOf({ status: "cancelled", charges: [aCharge({ status: "approved" })] })).toBe("refund_pending");
    expect(paymentStatusOf({ status: "rejected", charges: [aCharge({ status: "pending" })] })).toBe("cancelled");
  });

  it("when a cashier takes the money, then nobody has to be waited for", () => {
    const charges = [aCharge({ method: "counter", status: "created" })];
    expect(paymentStatusOf({ status: "requested", charges })).toBe("awaiting_payment");
  });

  it("when nothing is to be paid, then it is", () => {
    expect(paymentStatusOf({ status: "paid", charges: [] })).toBe("approved");
  });
});
