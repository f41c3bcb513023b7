import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, done, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "./charge.ts";
import { committedCents, returnedCents } from "./refund-sums.ts";
import { noteRefundAsked, requestRefund } from "./refunds.ts";
import { settleRefund } from "./settle-refund.ts";

const paid = () => aCharge({ status: "approved", approvedAt: NOON });
const wish = (id: string, amountCents: number | null) => ({
  id,
  amountCents,
  reason: "test",
  idempotencyKey: null,
  fingerprint: null,
});

describe("refunds", () => {
  it("when any refunds are asked for, answered and refused in any order, then never more goes back than came", () => {
    const step = fc.record({
      amountCents: fc.option(fc.integer({ min: 1, max: 12_000 }), { nil: null }),
      answer: fc.constantFrom("done", "in_process", "failed", "refused", "unknown", "later"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let charge: Charge = paid();
        for (const [index, { amountCents, answer }] of steps.entries()) {
          const id = `r${index}`;
          const requested = requestRefund(charge, wish(id, amountCents), momentAt(index));
          if (!requested.ok) continue;
          charge = requested.value.charge;
          if (answer !== "later")
            charge = settleRefund(charge, { refundId: id, answer: answerOf(answer) }, momentAt(index));
          expect(committedCents(charge)).toBeLessThanOrEqual(charge.amountCents);
          expect(charge.refundedCents).toBe(returnedCents(charge.refunds));
          expect(charge.status === "refunded").toBe(charge.refundedCents === charge.amountCents);
        }
      }),
    );
  });

  it("when the same key asks the same again, then it is the same refund; with other data it is refused", () => {
    const request = { ...wish("one", 1_000), idempotencyKey: "k", fingerprint: "f" };
    const first = requestRefund(paid(), request, momentAt());
    if (!first.ok) throw new Error("refused");
    const again = requestRefund(first.value.charge, { ...request, id: "two" }, momentAt(1));
    expect(again).toMatchObject({ ok: true, value: { isReplay: true, refund: { id: "one" } } });
    expect(again.ok && again.value.charge).toBe(first.value.charge);
    const other = requestRefund(first.value.charge, { ...request, id: "two", fingerprint: "g" }, momentAt(1));
    expect(other).toEqual({ ok: false, refusal: { kind: "key-reused" } });
  });

  it("when it fails for good, then the money stays ours and can be asked for again", () => {
    const requested = requestRefund(paid(), wish("one", null), momentAt());
    if (!requested.ok) throw new Error("refused");
    const answer = { outcome: "refused", status: 400, code: "insufficient_money_for_refund" } as const;
    const failed = settleRefund(requested.value.charge, { refundId: "one", answer }, momentAt(1));
    expect(failed).toMatchObject({ status: "approved", refundedCents: 0 });
    expect(requestRefund(failed, wish("two", null), momentAt(2)).ok).toBe(true);
  });

  it("when the provider is still busy with another refund, then this one waits", () => {
    const requested = requestRefund(paid(), wish("one", null), momentAt());
    if (!requested.ok) throw new Error("refused");
    const answer = { outcome: "refused", status: 409, code: "refund_in_progress" } as const;
    const waiting = settleRefund(requested.value.charge, { refundId: "one", answer }, momentAt(1));
    expect(waiting.refunds[0]?.status).toBe("requested");
    expect(waiting.nextCheckAt).not.toBeNull();
  });

  it("when the provider is asked, then its outcome is unknown until it answers, and what never arrived is wanted again", () => {
    const requested = requestRefund(paid(), wish("one", null), momentAt());
    if (!requested.ok) throw new Error("refused");
    const asked = noteRefundAsked(requested.value.charge, "one", momentAt(1));
    expect(asked.refunds).toMatchObject([{ status: "unknown", askedAt: momentAt(1).now }]);
    const away = { refundId: "one", answer: { outcome: "unavailable", reason: "down" } } as const;
    expect(settleRefund(asked, away, momentAt(2)).refunds).toMatchObject([{ status: "requested", askedAt: null }]);
    const lost = { refundId: "one", answer: { outcome: "unknown", reason: "no answer" } } as const;
    const again = noteRefundAsked(settleRefund(asked, lost, momentAt(2)), "one", momentAt(3));
    // That the second call never arrived says nothing of the first.
    const unsure = settleRefund(again, away, momentAt(4));
    expect(unsure.refunds).toMatchObject([{ status: "unknown", askedAt: momentAt(1).now }]);
    expect(unsure.status).toBe("refund_pending");
  });

  it("when two parts go back over the counter, then each of them is said", () => {
    const charge = aCharge({ method: "counter", provider: "counter", status: "approved", approvedAt: NOON });
    const first = requestRefund(charge, wish("one", 1_000), momentAt());
    const second = first.ok ? requestRefund(first.value.charge, wish("two", 2_000), momentAt(1)) : first;
    expect(second).toMatchObject({
      ok: true,
      value: { charge: { status: "partially_refunded", refundedCents: 3_000 } },
    });
    expect(second.ok && second.value.charge.unsent.length - charge.unsent.length).toBe(2);
  });

  it("when 360 days have gone by, then Mercado Pago gives nothing back any more; the drawer always can (PA-19)", () => {
    const request = { id: "late", amountCents: null, reason: "", idempotencyKey: null, fingerprint: null };
    const paid = aCharge({ status: "approved", approvedAt: NOON });
    const DAY = 86_400;
    expect(requestRefund(paid, request, momentAt(360 * DAY)).ok).toBe(true);
    expect(requestRefund(paid, request, momentAt(360 * DAY + 1))).toEqual({ ok: false, refusal: { kind: "too-late" } });
    const cash = { ...paid, method: "counter", provider: "counter" } as const;
    expect(requestRefund(cash, request, momentAt(1_000 * DAY)).ok).toBe(true);
  });

  it("when a refusal says nothing but no, then it is believed at the fourth time; one with a reason at once", () => {
    const request = { id: "one", amountCents: null, reason: "", idempotencyKey: null, fingerprint: null };
    const wanted = requestRefund(aCharge({ status: "approved", approvedAt: NOON }), request, momentAt());
    if (!wanted.ok) throw new Error("it was refused");
    let { charge } = wanted.value;
    const statuses: string[] = [];
    for (let time = 1; time <= 4; time += 1) {
      const answer = { outcome: "refused", status: 400, code: "bad_request" } as const;
      charge = settleRefund(
        noteRefundAsked(charge, "one", momentAt(time)),
        { refundId: "one", answer },
        momentAt(time),
      );
      statuses.push(charge.refunds[0]?.status ?? "gone");
    }
    expect(statuses).toEqual(["unknown", "unknown", "unknown", "failed"]);
    const told = { outcome: "refused", status: 400, code: "refund_amount_exceeds" } as const;
    const asked = noteRefundAsked(wanted.value.charge, "one", momentAt(1));
    expect(settleRefund(asked, { refundId: "one", answer: told }, momentAt(1)).refunds[0]?.status).toBe("failed");
  });
});

function answerOf(kind: "done" | "in_process" | "failed" | "refused" | "unknown") {
  if (kind === "refused") return { outcome: "refused", status: 400, code: "refund_amount_exceeds" } as const;
  if (kind === "unknown") return { outcome: "unknown", reason: "timeout" } as const;
  return done({ providerRefundId: crypto.randomUUID(), status: kind });
}
