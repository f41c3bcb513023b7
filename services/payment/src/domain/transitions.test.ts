import { CHARGE_STATUSES, type ChargeStatus } from "@comanda/contracts";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, momentAt } from "../../test/builders.ts";
import { cancel, expire } from "./close-charge.ts";
import type { ProviderState } from "./provider-charge.ts";
import { noteProviderFact } from "./provider-facts.ts";
import { receiveAtCounter } from "./receive-at-counter.ts";
import { requestRefund } from "./refunds.ts";
import { ALLOWED, canBecome, holdsMoney, isOpen } from "./transitions.ts";

const FACTS: Readonly<Record<ProviderState, ChargeStatus>> = {
  open: "pending",
  in_review: "in_process",
  unclear: "in_process",
  paid: "approved",
  rejected: "rejected",
  expired: "expired",
  cancelled: "cancelled",
  in_dispute: "in_dispute",
  charged_back: "charged_back",
};
const every = CHARGE_STATUSES.flatMap(
  (status) => Object.entries(FACTS).map(([fact, target]) => ({ status, fact: fact as ProviderState, target })), // keys of the record above
);

describe("the table of transitions", () => {
  it("when it is read, then it has a row for each status, and no status follows itself", () => {
    for (const status of CHARGE_STATUSES) expect(ALLOWED[status]).not.toContain(status);
    expect(Object.keys(ALLOWED).sort()).toEqual([...CHARGE_STATUSES].sort());
  });

  it("when money came once, then no charge goes back to waiting for it", () => {
    const money: ChargeStatus[] = ["approved", "refund_pending", "partially_refunded", "refunded", "charged_back"];
    for (const from of money) {
      for (const to of ["created", "pending", "in_process", "expired", "cancelled", "failed", "rejected"] as const) {
        expect(canBecome({ from, to })).toBe(false);
      }
    }
  });

  it.each(every)("when a $status charge is said to be $fact, then the table decides", ({ status, fact, target }) => {
    const approvedAt =
      isOpen(status) || ["rejected", "expired", "cancelled", "failed"].includes(status) ? null : new Date();
    const charge = aCharge({ status, approvedAt });
    const { charge: next } = noteProviderFact(charge, { fact: aFact(charge, { state: fact }) }, momentAt(1));
    // Without its answer a created charge has no QR to show; the word "open" alone does not make it pending.
    const isHeldBack = status === "created" && fact === "open";
    const expected = canBecome({ from: status, to: target }) && !isHeldBack ? target : status;
    expect(next.status).toBe(expected);
    expect(next.unsent.length).toBe(expected === status ? charge.unsent.length : charge.unsent.length + 1);
    if (expected !== status) expect(next.unsent.at(-1)?.type).toBe(`comanda.payment.${expected}`);
    expect(next.version).toBe(charge.version + 1);
  });

  it.each(CHARGE_STATUSES)("when a %s charge is cancelled or expires, then only an open one closes", (status) => {
    const charge = aCharge({ status });
    const cancelled = cancel(charge, "test", momentAt(1));
    if (isOpen(status)) expect(cancelled).toMatchObject({ ok: true, value: { status: "cancelled" } });
    else if (status === "cancelled") expect(cancelled).toEqual({ ok: true, value: charge });
    else expect(cancelled.ok).toBe(false);
    const expired = expire(charge, momentAt(1)).status;
    expect(expired).toBe(status === "created" ? "failed" : isOpen(status) ? "expired" : status);
  });

  it.each(CHARGE_STATUSES)("when a refund of a %s charge is asked for, then only held money goes back", (status) => {
    const request = { id: "r", amountCents: 100, reason: "", idempotencyKey: null, fingerprint: null };
    expect(requestRefund(aCharge({ status }), request, momentAt(1)).ok).toBe(holdsMoney(status));
  });

  it.each(CHARGE_STATUSES)(
    "when a cashier takes money for a %s charge, then only a waiting one is booked",
    (status) => {
      const receipt = { tender: "cash", receivedCents: null, actor: "a", key: null, fingerprint: "f" } as const;
      const approvedAt = holdsMoney(status) ? new Date() : null;
      const charge = aCharge({ method: "counter", provider: "counter", status, approvedAt });
      expect(receiveAtCounter(charge, receipt, momentAt(1)).ok).toBe(status === "pending");
    },
  );
});
