import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "./charge.ts";
import { isBalanced } from "./ledger.ts";
import type { ProviderCharge } from "./provider-charge.ts";
import { noteProviderFact } from "./provider-facts.ts";
import { noteRefundAsked, requestRefund } from "./refunds.ts";
import { settleRefund } from "./settle-refund.ts";

const at = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);

function noteAll(charge: Charge, facts: readonly ProviderCharge[]): Charge {
  return facts.reduce((seen, fact, index) => noteProviderFact(seen, { fact }, momentAt(index)).charge, charge);
}

function permutationsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

const part = [{ id: "REF1", amountCents: 4_000, status: "done" }] as const;
/** What the provider may say of a charge, one word after the other. */
const WORDS = {
  open: { state: "open" },
  in_review: { state: "in_review" },
  paid: {},
  part: { refunds: part },
  part_disputed: { state: "in_dispute", refunds: part },
  refunding: { refunds: [{ id: "REF1", amountCents: 10_000, status: "in_process" }] },
  refunded: { refunds: [{ id: "REF1", amountCents: 10_000, status: "done" }] },
  in_dispute: { state: "in_dispute" },
  charged_back: { state: "charged_back" },
  expired: { state: "expired" },
  cancelled: { state: "cancelled" },
} as const satisfies Record<string, Partial<ProviderCharge>>;

const refund = (status: "in_process" | "done") => [{ id: "REF1", amountCents: 10_000, status }] as const;

describe("facts of the provider", () => {
  it("when they come in any order and any number, then the newest decides (product I8)", () => {
    const charge = aCharge();
    const story: ProviderCharge[] = [
      aFact(charge, { state: "open", asOf: at(1) }),
      aFact(charge, { state: "in_review", asOf: at(2) }),
      aFact(charge, { asOf: at(3) }),
      aFact(charge, { asOf: at(4), refunds: refund("in_process") }),
      aFact(charge, { asOf: at(5), refunds: refund("done") }),
    ];
    const order = fc.array(fc.nat(story.length - 1), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(order, (indexes) => {
        const told = indexes.map((index) => story[index] ?? aFact(charge));
        const newest = Math.max(...indexes);
        const expected = ["pending", "in_process", "approved", "refund_pending", "refunded"][newest];
        const end = noteAll(charge, told);
        expect(end.status).toBe(expected);
        expect(end.refundedCents).toBe(newest === 4 ? 10_000 : 0);
        expect(end.refunds.length).toBe(newest >= 3 ? 1 : 0);
      }),
    );
  });

  // Reliability PA-11: histories that the provider's machines can have (provider §6.4, §4.3).
  it.each([
    ["paid and given back", ["open", "in_review", "paid", "refunding", "refunded"], "refunded"],
    ["paid and given back in part", ["open", "paid", "part", "part_disputed", "part"], "partially_refunded"],
    ["disputed and lost", ["open", "paid", "in_dispute", "charged_back", "charged_back"], "charged_back"],
    ["disputed and won", ["open", "paid", "in_dispute", "paid", "paid"], "approved"],
    ["expired", ["open", "open", "open", "open", "expired"], "expired"],
    ["cancelled", ["open", "in_review", "open", "open", "cancelled"], "cancelled"],
    ["paid when it had seemed to be over", ["open", "expired", "paid", "refunding", "refunded"], "refunded"],
  ] as const)(
    "when a charge is %s and its five facts come in all 120 orders, each also twice, then the end is the same",
    (_what, story, end) => {
      const charge = aCharge();
      const facts = story.map((word, index) => aFact(charge, { ...WORDS[word], asOf: at(index + 1) }));
      const ends = permutationsOf(facts).flatMap((order) => [
        order,
        [...order, ...order],
        [...order, ...order.toReversed()],
        order.flatMap((fact) => [fact, fact]),
      ]);
      expect(ends).toHaveLength(480);
      for (const told of ends) {
        const seen = noteAll(charge, told);
        expect([seen.status, seen.refunds.length, isBalanced(seen)]).toEqual([
          end,
          end.includes("refunded") ? 1 : 0,
          true,
        ]);
      }
    },
  );

  it("when all is asked back while a part goes back in the panel, then the books say what each gave back", () => {
    const paid = aCharge();
    const approved = noteProviderFact(paid, { fact: aFact(paid, { asOf: at(1) }) }, momentAt(1)).charge;
    const request = { id: "ours", amountCents: null, reason: "", idempotencyKey: null, fingerprint: null };
    const wanted = requestRefund(approved, request, momentAt(2));
    if (!wanted.ok) throw new Error("it was refused");
    const asked = noteRefundAsked(wanted.value.charge, "ours", momentAt(3));
    const answer = { outcome: "done", value: { providerRefundId: "REF2", status: "in_process" } } as const;
    const begun = settleRefund(asked, { refundId: "ours", answer }, momentAt(4));
    const refunds = [
      { id: "REF1", amountCents: 3_000, status: "done" },
      { id: "REF2", amountCents: 7_000, status: "done" },
    ] as const;
    const end = noteProviderFact(begun, { fact: aFact(begun, { asOf: at(5), refunds }) }, momentAt(5)).charge;
    expect(end).toMatchObject({ status: "refunded", refundedCents: 10_000 });
    expect(isBalanced(end)).toBe(true);
  });

  it("when such a refund is read before its lost answer comes again, then it is one refund still", () => {
    const paid = aCharge();
    const approved = noteProviderFact(paid, { fact: aFact(paid, { asOf: at(1) }) }, momentAt(1)).charge;
    const request = { id: "ours", amountCents: null, reason: "", idempotencyKey: null, fingerprint: null };
    const wanted = requestRefund(approved, request, momentAt(2));
    if (!wanted.ok) throw new Error("it was refused");
    const asked = noteRefundAsked(wanted.value.charge, "ours", momentAt(3));
    const refunds = [
      { id: "REF1", amountCents: 3_000, status: "done" },
      { id: "REF2", amountCents: 7_000, status: "done" },
    ] as const;
    const read = noteProviderFact(asked, { fact: aFact(asked, { asOf: at(4), refunds }) }, momentAt(4)).charge;
    const answer = { outcome: "done", value: { providerRefundId: "REF2", status: "done" } } as const;
    const end = settleRefund(read, { refundId: "ours", answer }, momentAt(5));
    expect(end).toMatchObject({ status: "refunded", refundedCents: 10_000 });
    expect(end.refunds.map(({ amountCents }) => amountCents).toSorted()).toEqual([3_000, 7_000]);
    expect(isBalanced(end)).toBe(true);
  });

  it("when a slower read of a link takes another payment for the paying one, then neither goes back, and it is read again", () => {
    const link = aCharge({ method: "link" });
    const first = aFact(link, { paymentId: "1", asOf: at(1) });
    const paid = noteProviderFact(link, { fact: first }, momentAt(1)).charge;
    const stray = { paymentId: "1", amountCents: paid.amountCents, why: "paid-twice", refunds: [] } as const;
    const slower = aFact(link, { paymentId: "2", strays: [stray], asOf: at(2) });
    const end = noteProviderFact(paid, { fact: slower }, momentAt(3)).charge;
    expect(end).toMatchObject({ status: "approved", providerPaymentId: "1", refunds: [] });
    expect(end.nextCheckAt).toEqual(at(8));
  });

  it("when an old word comes after a newer one, then nothing but the rhythm of questions moves", () => {
    const paid = noteAll(aCharge(), []);
    const charge = noteProviderFact(paid, { fact: aFact(paid, { asOf: at(10) }) }, momentAt(11)).charge;
    const { charge: after } = noteProviderFact(
      charge,
      { fact: aFact(charge, { state: "open", asOf: at(5) }) },
      momentAt(12),
    );
    expect({ ...after, version: 0, checks: 0, updatedAt: 0, nextCheckAt: 0 }).toEqual({
      ...charge,
      version: 0,
      checks: 0,
      updatedAt: 0,
      nextCheckAt: 0,
    });
  });

  it.each([
    ["no amount at all", { amountCents: null }, "wrong-amount"],
    ["another currency", { currency: "USD" }, "wrong-currency"],
    ["another charge's reference", { reference: "01940000-0000-7000-8000-000000000000" }, "wrong-reference"],
    ["no reference", { reference: null }, "wrong-reference"],
  ] as const)(
    "when it says paid with %s, then it is written down, shouted about once, and not believed (PA-03)",
    (_what, difference, alarm) => {
      const charge = aCharge();
      const fact = aFact(charge, difference);
      const first = noteProviderFact(charge, { fact }, momentAt(1));
      expect(first.charge.status).toBe("pending");
      expect(first.alarms).toEqual([alarm]);
      expect(first.charge.entries.at(-1)?.summary).toBe(`not believed: ${alarm}`);
      const again = noteProviderFact(first.charge, { fact }, momentAt(5));
      expect(again.alarms).toEqual([]);
      expect(again.charge.entries).toEqual(first.charge.entries);
    },
  );

  it.each([9_999, 10_001])(
    "when it says paid with %i of R$ 100,00, then the attempt is over and all of it goes back, once",
    (amountCents) => {
      const charge = aCharge();
      const fact = aFact(charge, { amountCents, paymentId: "PAY9" });
      const first = noteProviderFact(charge, { fact }, momentAt(1));
      expect(first.alarms).toEqual(["wrong-amount"]);
      expect(first.charge).toMatchObject({ status: "rejected", approvedAt: null, refundedCents: 0 });
      expect(first.charge.refunds).toMatchObject([{ strayPaymentId: "PAY9", amountCents, status: "requested" }]);
      expect(first.charge.nextCheckAt).toEqual(at(1));
      const again = noteProviderFact(first.charge, { fact }, momentAt(5));
      expect(again.alarms).toEqual([]);
      expect(again.charge.refunds).toHaveLength(1);
    },
  );

  it.each(["expired", "cancelled", "failed"] as const)(
    "when money comes for a %s charge, then it counts and is told aloud",
    (status) => {
      const charge = aCharge({ status });
      const noted = noteProviderFact(charge, { fact: aFact(charge) }, momentAt(1));
      expect(noted.charge.status).toBe("approved");
      expect(noted.alarms).toEqual(["paid-late"]);
    },
  );

  it("when nothing is new, then the flow does not grow however often it is asked", () => {
    const charge = aCharge();
    const fact = aFact(charge, { state: "open", asOf: at(0) });
    const first = noteProviderFact(charge, { fact }, momentAt(0)).charge;
    const end = noteAll(first, Array(50).fill(fact));
    expect(end.entries.length).toBe(first.entries.length);
    expect(end.checks).toBe(first.checks + 50);
  });

  it("when a refund was made in the provider's own panel, then it becomes ours and is told aloud (PA-20)", () => {
    const charge = aCharge({ status: "approved", approvedAt: NOON });
    const fact = aFact(charge, { refunds: [{ id: "REF9", amountCents: 4_000, status: "done" }] });
    const noted = noteProviderFact(charge, { fact }, momentAt(1));
    expect(noted.charge).toMatchObject({ status: "partially_refunded", refundedCents: 4_000 });
    expect(noted.alarms).toEqual(["refunded-elsewhere"]);
    expect(noteProviderFact(noted.charge, { fact }, momentAt(2)).charge.refunds).toEqual(noted.charge.refunds);
  });

  it("when our refund got no answer and the provider holds one of its amount, then that is it", () => {
    const paid = aCharge({ status: "approved", approvedAt: NOON });
    const request = { id: "ours", amountCents: 4_000, reason: "", idempotencyKey: null, fingerprint: null };
    const requested = requestRefund(paid, request, momentAt(1));
    if (!requested.ok) throw new Error("the refund was refused");
    const asked = noteRefundAsked(requested.value.charge, "ours", momentAt(2));
    const lost = settleRefund(
      asked,
      { refundId: "ours", answer: { outcome: "unknown", reason: "timeout" } },
      momentAt(3),
    );
    expect(lost.status).toBe("refund_pending");
    const fact = aFact(lost, { refunds: [{ id: "REF7", amountCents: 4_000, status: "done" }] });
    const { charge, alarms } = noteProviderFact(lost, { fact }, momentAt(4));
    expect(charge).toMatchObject({ status: "partially_refunded", refundedCents: 4_000 });
    expect(charge.refunds).toMatchObject([{ id: "ours", providerRefundId: "REF7", status: "done" }]);
    expect(alarms).toEqual([]);
  });

  it("when a dispute is won, then the charge is as it was; when it is lost, then it is charged back", () => {
    const paid = aCharge({ status: "approved", approvedAt: NOON });
    const disputed = noteProviderFact(paid, { fact: aFact(paid, { state: "in_dispute", asOf: at(1) }) }, momentAt(1));
    expect(disputed.alarms).toEqual(["disputed"]);
    const won = noteProviderFact(disputed.charge, { fact: aFact(paid, { asOf: at(2) }) }, momentAt(2));
    expect(won.charge.status).toBe("approved");
    const lost = noteProviderFact(
      disputed.charge,
      { fact: aFact(paid, { state: "charged_back", asOf: at(2) }) },
      momentAt(2),
    );
    expect(lost.charge.status).toBe("charged_back");
  });
});
