import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHARGE_DETAILS } from "@comanda/contracts";
import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, aRefund, done, momentAt, NOON } from "../../test/builders.ts";
import type { Charge } from "../domain/charge.ts";
import { noteCloseCall } from "../domain/close-call.ts";
import type { ProviderCharge } from "../domain/provider-charge.ts";
import { noteProviderFact } from "../domain/provider-facts.ts";
import { noteRefundAsked, requestRefund } from "../domain/refunds.ts";
import { settleRefund } from "../domain/settle-refund.ts";
import { ALARM_WORDS } from "./alarm-words.ts";
import { SITUATION_WORDS, type SituationCode, situationOf } from "./situation.ts";

const told = (charge: Charge, fact: Partial<ProviderCharge>, second = 1) =>
  noteProviderFact(charge, { fact: aFact(charge, { asOf: momentAt(second).now, ...fact }) }, momentAt(second)).charge;
const paid = (difference: Partial<Charge> = {}) => told(aCharge(difference), {});
const unmade = (making: Charge["making"]) => aCharge({ status: "created", providerId: null, making, askedAt: NOON });
function wanted(charge: Charge, reason = "a pedido"): Charge {
  const request = { id: newId(), amountCents: null, reason, idempotencyKey: null, fingerprint: null };
  const asked = requestRefund(charge, request, momentAt(2));
  if (!asked.ok) throw new Error("it was refused");
  return asked.value.charge;
}
function givenBack(charge: Charge): Charge {
  const before = wanted(charge);
  const refundId = before.refunds[0]?.id ?? "";
  const answer = done({ providerRefundId: "REF1", status: "done" as const });
  return settleRefund(noteRefundAsked(before, refundId, momentAt(3)), { refundId, answer }, momentAt(4));
}
const warnedOfFraud = (charge: Charge): Charge => ({
  ...charge,
  entries: [
    ...charge.entries,
    { at: NOON, kind: "notification", summary: "notified of stop_delivery_op_wh", detail: { alarms: ["fraud-alert"] } },
  ],
});
const refunded = [{ id: "REF1", amountCents: 10_000, status: "done" }] as const;
const stray = { paymentId: "9", amountCents: 10_000, why: "paid-twice", refunds: [] } as const;
const closeRefused = {
  askedAt: NOON,
  answeredAt: NOON,
  answer: { outcome: "refused", status: 409, code: "cannot_cancel_order" },
} as const;
const counter = (difference: Partial<Charge>) => aCharge({ method: "counter", provider: "counter", ...difference });
const failed = aRefund({ status: "failed", amountCents: 10_000, settledAt: NOON });

/** Every moment of docs/payments.md that a charge knows of, as it comes about. */
const MOMENTS: readonly (readonly [code: SituationCode, charge: Charge])[] = [
  ["being-made", unmade("asked")],
  ["provider-away", unmade("unavailable")],
  ["outcome-unknown", unmade("unknown")],
  ["outcome-unknown", { ...unmade("unknown"), status: "cancelled" }],
  ["not-made", { ...unmade("settled"), status: "failed" }],
  ["waiting", aCharge()],
  ["waiting-at-counter", counter({ status: "pending" })],
  ["in-review", told(aCharge(), { state: "in_review" })],
  ["refused", told(aCharge(), { state: "rejected" })],
  ["expired", told(aCharge(), { state: "expired" })],
  ["cancelled", told(aCharge(), { state: "cancelled" })],
  ["wrong-amount", told(aCharge(), { amountCents: 9_999 })],
  [
    "wrong-amount-returned",
    {
      ...told(aCharge(), { amountCents: 9_999 }),
      refunds: [aRefund({ status: "done", strayPaymentId: "1", settledAt: NOON })],
    },
  ],
  ["not-recognised", told(aCharge(), { currency: "USD" })],
  ["fraud-suspected", warnedOfFraud(paid())],
  ["paid", paid()],
  ["paid", counter({ status: "approved", approvedAt: NOON })],
  ["paid-late", paid({ status: "expired" })],
  ["paid-too-late", wanted(paid({ status: "expired" }), "paid_too_late")],
  ["paid-while-cancelling", wanted(told(noteCloseCall(aCharge(), closeRefused, momentAt()), {}), "order_cancelled")],
  ["paid-twice", wanted(paid(), "paid_twice")],
  ["paid-twice", told(paid({ method: "link" }), { strays: [stray] }, 2)],
  ["won-back", told(told(paid(), { state: "in_dispute" }, 2), {}, 3)],
  ["refund-under-way", wanted(paid())],
  ["refunded", givenBack(paid())],
  ["refunded-in-part", told(paid(), { refunds: [{ id: "REF1", amountCents: 1_000, status: "done" }] }, 2)],
  ["refunded-in-panel", told(paid(), { refunds: refunded }, 2)],
  ["refund-failed", { ...paid(), refunds: [failed] }],
  ["refund-beside-failed", { ...paid(), refunds: [{ ...failed, strayPaymentId: "9" }] }],
  ["disputed", told(paid(), { state: "in_dispute" }, 2)],
  ["charged-back", told(paid(), { state: "charged_back" }, 2)],
  ["at-terminal", aCharge({ method: "terminal", detail: "at_terminal" })],
  ["at-terminal", aCharge({ method: "terminal", status: "rejected", detail: "insufficient_amount" })],
  ["at-terminal", aCharge({ method: "terminal", status: "expired", detail: "check_on_terminal" })],
];

const inPortuguese = (charge: Charge) => situationOf(charge, { language: "pt", now: momentAt(5).now });

describe("how a charge stands, in one sentence", () => {
  it.each(MOMENTS)("when it is %s, then the cashier reads so, with nothing left to fill in", (code, charge) => {
    const said = inPortuguese(charge);
    expect(said.code).toBe(code);
    for (const language of ["pt", "en"] as const) {
      const { summary } = situationOf(charge, { language, now: momentAt(5).now });
      expect(summary).toMatch(/^[^{}]+\.$/);
    }
  });

  it.each(MOMENTS)(
    "when it is %s and its steps bear no name, being of years ago, then it stands the same",
    (_, charge) => {
      const entries = charge.entries.map(({ code: __, ...entry }) => entry);
      expect(inPortuguese({ ...charge, entries })).toEqual(inPortuguese(charge));
    },
  );

  it.each(MOMENTS)("when it is %s and its steps are put in other words, then it stands the same", (_, charge) => {
    const entries = charge.entries.map((entry) => ({ ...entry, summary: "in other words" }));
    expect(inPortuguese({ ...charge, entries })).toEqual(inPortuguese(charge));
  });

  it("has a moment for every situation", () => {
    expect(new Set(MOMENTS.map(([code]) => code))).toEqual(new Set(Object.keys(SITUATION_WORDS)));
  });

  // A manager may not ask for a refund (403): who can does.
  it("when a refund failed, then the sentence sends for who may try again", () => {
    for (const code of ["refund-failed", "refund-beside-failed"] as const) {
      expect(SITUATION_WORDS[code].pt).toContain("Um administrador precisa tentar de novo.");
      expect(SITUATION_WORDS[code].en).toContain("An administrator must try again.");
    }
  });

  it("when an amount matters, then it is the one that matters", () => {
    expect(inPortuguese(aCharge()).summary).toBe("Aguardando o pagamento de R$ 100,00.");
    const part = told(paid(), { refunds: [{ id: "REF1", amountCents: 1_000, status: "done" }] }, 2);
    expect(inPortuguese(part).summary).toBe("Pago; R$ 10,00 já devolvidos.");
    expect(inPortuguese(wanted(part)).summary).toBe("Devolução em andamento: R$ 90,00.");
  });

  // What the document promises is what the service says.
  it("when docs/payments.md says what a cashier reads, then some part of the service says just that", () => {
    const docs = readFileSync(join(import.meta.dirname, "../../../../docs/payments.md"), "utf8");
    const rows = docs
      .split("## The story of one charge")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| Moment") && !line.startsWith("| ---"));
    const sentences = (rows ?? []).flatMap((row) => [...(row.split(" | ")[3] ?? "").matchAll(/"([^"]+)"/g)]);
    const known = [
      ...Object.values(SITUATION_WORDS).map(({ pt }) => pt),
      ...Object.values(CHARGE_DETAILS),
      ...Object.values(ALARM_WORDS).flatMap(({ summary, action }) => [summary.pt, action.pt]),
    ].map((text) => text.replaceAll(/\{\w+\}/g, "…"));
    expect(sentences.length).toBeGreaterThan(30);
    expect(sentences.map(([, sentence]) => sentence).filter((sentence) => !known.includes(sentence ?? ""))).toEqual([]);
  });
});
