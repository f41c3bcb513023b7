import { describe, expect, it } from "vitest";
import { EVENTS } from "./events.ts";
import { examples } from "./examples.ts";
import { parseEvent } from "./parse-event.ts";

const envelope = (type: string, source: string, data: unknown) => ({
  specversion: "1.0",
  id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0aff",
  source,
  type,
  subject: examples.paymentApproved.order_id,
  time: "2026-01-15T12:00:00.000Z",
  datacontenttype: "application/json",
  data,
});

describe("parse an event", () => {
  it("when each example comes from its owner, then it is understood", () => {
    for (const [type, source, data, kind] of [
      ["comanda.order.payment_requested", "/order", examples.paymentRequested, "payment-requested"],
      ["comanda.order.payment_cancelled", "/order", examples.paymentCancelled, "payment-cancelled"],
      ["comanda.order.refund_requested", "/order", examples.refundRequested, "refund-requested"],
      ["comanda.payment.pending", "/payment", examples.paymentPending, "payment-changed"],
      ["comanda.payment.approved", "/payment", examples.paymentApproved, "payment-changed"],
      ["comanda.customer.erased", "/auth", examples.customerErased, "customer-erased"],
    ] as const) {
      const parsed = parseEvent(envelope(type, source, data), source.slice(1));
      expect(parsed).toMatchObject({ ok: true, value: { kind, data } });
    }
  });

  it("when a newer producer adds fields, then they disturb nobody", () => {
    const data = { ...examples.paymentApproved, colour: "green" };
    expect(
      parseEvent({ ...envelope("comanda.payment.approved", "/payment", data), dataschema: "x" }, "payment").ok,
    ).toBe(true);
  });

  it("when order says that a payment was approved, then it is not believed", () => {
    const forged = envelope("comanda.payment.approved", "/payment", examples.paymentApproved);
    expect(parseEvent(forged, "order").ok).toBe(false);
    expect(parseEvent({ ...forged, source: "/order" }, "order").ok).toBe(false);
  });

  it.each([
    ["no object", null],
    ["an unknown type", envelope("comanda.payment.imagined", "/payment", examples.paymentApproved)],
    ["data of another shape", envelope("comanda.payment.approved", "/payment", examples.paymentCancelled)],
    [
      "a negative amount",
      envelope("comanda.payment.approved", "/payment", { ...examples.paymentApproved, amount_cents: -1 }),
    ],
  ])("when it is %s, then it is refused", (_what, input) => {
    expect(parseEvent(input, "payment").ok).toBe(false);
  });

  it("when the list of types grows, then every type has one owner", () => {
    // Auth speaks of customers, every other service of what it is called by.
    const ownerOf = (type: string) => type.split(".")[1]?.replace("customer", "auth");
    for (const [type, { source }] of Object.entries(EVENTS)) expect(ownerOf(type)).toBe(source.slice(1));
  });
});
