import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { aCharge, aFact, done, momentAt, NOON } from "../../test/builders.ts";
import { decodeCharge, encodeCharge } from "../storage/charge-document.ts";
import type { Charge, FlowEntry } from "./charge.ts";
import { type CloseCall, noteCloseCall } from "./close-call.ts";
import { cancel, expire } from "./close-charge.ts";
import { noteAskedAgain, noteProviderAnswer } from "./create-charge.ts";
import { FLOW_CODES, SAID } from "./flow-codes.ts";
import { forgetCustomer } from "./forget-customer.ts";
import type {
  CreatedAtProvider,
  ProviderCharge,
  ProviderResult,
  ProviderState,
  RefundAnswer,
} from "./provider-charge.ts";
import { noteProviderFact } from "./provider-facts.ts";
import { receiveAtCounter } from "./receive-at-counter.ts";
import { noteRefundAsked, requestRefund } from "./refunds.ts";
import { settleRefund } from "./settle-refund.ts";
import { codeOfStep } from "./step-code.ts";

const unmade = () => aCharge({ status: "created", providerId: null, askedAt: NOON });
const told = (charge: Charge, fact: Partial<ProviderCharge>, second = 1) =>
  noteProviderFact(charge, { fact: aFact(charge, { asOf: momentAt(second).now, ...fact }) }, momentAt(second)).charge;
const counter = () => aCharge({ method: "counter", provider: "counter", status: "pending" });

function received(tender: "cash" | "card"): Charge {
  const receipt = { tender, receivedCents: null, actor: newId(), key: null, fingerprint: "" };
  const booked = receiveAtCounter(counter(), receipt, momentAt(1));
  if (!booked.ok) throw new Error(booked.refusal.kind);
  return booked.value.charge;
}

function wanted(charge: Charge, amountCents: number | null = null): Charge {
  const request = { id: newId(), amountCents, reason: "a pedido", idempotencyKey: null, fingerprint: null };
  const asked = requestRefund(charge, request, momentAt(2));
  if (!asked.ok) throw new Error(asked.refusal.kind);
  return asked.value.charge;
}

function answered(answer: ProviderResult<RefundAnswer>): Charge {
  const before = wanted(told(aCharge(), {}), 1_000);
  const refundId = before.refunds[0]?.id ?? "";
  return settleRefund(noteRefundAsked(before, refundId, momentAt(3)), { refundId, answer }, momentAt(4));
}

const lost = { outcome: "unknown", reason: "the call got no answer" } as const;
const away = { outcome: "unavailable", reason: "503" } as const;
const refusal = (code: string) => ({ outcome: "refused", status: 400, code }) as const;
const made = (distrust: CreatedAtProvider["distrust"]) =>
  done({ providerId: "ORD1", paymentId: null, qrCode: null, paymentLink: null, expiresAt: null, distrust });
const closing = (answer: CloseCall["answer"]) =>
  noteCloseCall(aCharge(), { askedAt: NOON, answeredAt: NOON, answer }, momentAt(1));
const STATES = Object.keys(SAID) as ProviderState[]; // its own members

/** Charges in whose flows there is every step that the domain writes. */
const STORIES: readonly Charge[] = [
  ...[made(null), made("qr-invalid"), made("qr-other-amount"), refusal("invalid"), lost, away].map((answer) =>
    noteProviderAnswer(unmade(), answer, momentAt(1)),
  ),
  ...STATES.map((state) => told(aCharge({ method: "terminal" }), { state })),
  ...[{ reference: newId() }, { amountCents: 9_999 }, { currency: "USD" }].map((wrong) => told(aCharge(), wrong)),
  ...(["in_process", "done", "failed"] as const).map((status) => answered(done({ providerRefundId: "REF1", status }))),
  ...[refusal("insufficient_balance"), refusal("bad_request"), lost, away].map(answered),
  ...[done("closed" as const), done("asked" as const), refusal("cannot_cancel_order"), lost].map(closing),
  received("cash"),
  received("card"),
  wanted(received("cash")),
  expire(aCharge(), momentAt(2_000)),
  forgetCustomer(aCharge(), momentAt(1)),
];
const cancelled = cancel(aCharge(), "the order was cancelled", momentAt(1));
if (!cancelled.ok) throw new Error(cancelled.refusal.kind);
const ENTRIES = [...STORIES, cancelled.value].flatMap(({ entries }) => entries);

/** As it stood in documents before steps bore their name. */
function unnamed({ code: _, ...entry }: FlowEntry): FlowEntry {
  return entry;
}

describe("the name of a step", () => {
  it("when a step is written today, then it says its name; and there is none that nobody writes", () => {
    const names = new Set(ENTRIES.map(({ code }) => code));
    expect(names).not.toContain(undefined);
    // These three are written where notifications and lost charges are worked on.
    expect([...FLOW_CODES].filter((name) => !names.has(name))).toEqual(["notified", "asked-anew", "nothing-came"]);
  });

  it("when it was written before steps bore their name, then it is called as it would be today", () => {
    for (const entry of ENTRIES) expect(codeOfStep(unnamed(entry)), entry.summary).toBe(entry.code);
  });

  it("when its sentence is put in other words one day, then it is called the same", () => {
    for (const entry of ENTRIES) expect(codeOfStep({ ...entry, summary: "in other words" })).toBe(entry.code);
  });

  it("when a newer release named it, then it is `other` here, and its name stays in the document", () => {
    const entry: FlowEntry = { at: NOON, kind: "decision", code: "of-tomorrow", summary: "close as it", detail: {} };
    expect(codeOfStep(entry)).toBe("other");
    const document = encodeCharge(aCharge({ entries: [entry] }));
    const read = decodeCharge({ document: JSON.parse(JSON.stringify(document)), nextCheckAt: null, unsent: [] });
    expect(encodeCharge(read).entries).toEqual(document.entries);
  });

  // What was asked at birth stands there already; a repeated call is one more step. Old flows must say so, too.
  it("when the provider is asked once more for a charge of years ago, then the flow grows as it does today", () => {
    const again = (charge: Charge) =>
      noteProviderAnswer(noteAskedAgain(charge, momentAt(60)), lost, { ...momentAt(61), askedAt: momentAt(60).now });
    const first = noteProviderAnswer(unmade(), lost, { ...momentAt(1), askedAt: NOON });
    const old = { ...first, entries: first.entries.map(unnamed) };
    expect(again(first).entries.map(codeOfStep)).toEqual([
      "charge-wanted",
      "charge-asked",
      "charge-unanswered",
      "charge-asked",
      "charge-unanswered",
    ]);
    expect(again(old).entries.map(codeOfStep)).toEqual(again(first).entries.map(codeOfStep));
  });
});
