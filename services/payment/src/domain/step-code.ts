import type { FlowEntry, MoneyEntry } from "./charge.ts";
import { FLOW_CODES, type FlowCode } from "./flow-codes.ts";

/**
 * What was written into the flow before entries bore their name, by what it starts with: flows of years ago are told with
 * the same words. Never added to: what is written now says its `code`.
 */
const BEGINNINGS: Readonly<Record<FlowEntry["kind"], readonly (readonly [beginning: string, code: FlowCode])[]>> = {
  intent: [["a charge is wanted", "charge-wanted"]],
  request: [
    ["charge asked of the provider", "charge-asked"],
    ["refund asked of the provider", "refund-asked"],
    ["close asked of the provider", "close-asked"],
  ],
  answer: [
    ["the provider made the charge", "charge-made"],
    ["qr-invalid", "qr-invalid"],
    ["qr-other-amount", "qr-other-amount"],
    ["the provider refused the charge", "charge-refused"],
    ["no answer (unknown)", "charge-unanswered"],
    ["no answer (unavailable)", "charge-not-reached"],
    ["refund in_process", "refund-in-process"],
    ["refund done", "refund-done"],
    ["refund failed", "refund-failed"],
    ["refund refused", "refund-refused"],
    ["refund doubted", "refund-doubted"],
    ["refund unknown", "refund-unanswered"],
    ["refund unavailable", "refund-not-reached"],
    ["close done", "close-done"],
    ["close under way", "close-under-way"],
    ["close refused", "close-refused"],
    ["close un", "close-unanswered"],
    ["the provider says: open", "says-open"],
    ["the provider says: in_review", "says-in-review"],
    ["the provider says: unclear", "says-unclear"],
    ["the provider says: paid", "says-paid"],
    ["the provider says: rejected", "says-rejected"],
    ["the provider says: expired", "says-expired"],
    ["the provider says: cancelled", "says-cancelled"],
    ["the provider says: in_dispute", "says-in-dispute"],
    ["the provider says: charged_back", "says-charged-back"],
  ],
  notification: [["notified of ", "notified"]],
  decision: [
    ["refund handed out at the counter", "refund-handed-out"],
    ["refund requested", "refund-wanted"],
    ["cash taken at the counter", "cash-received"],
    ["card taken at the counter", "card-received"],
    ["close as ", "closing"],
    ["not believed: wrong-reference", "not-believed-reference"],
    ["not believed: wrong-amount", "not-believed-amount"],
    ["not believed: wrong-currency", "not-believed-currency"],
    ["customer forgotten", "customer-forgotten"],
    ["not there: asked for anew", "asked-anew"],
    ["not there: nothing came of it", "nothing-came"],
  ],
  event: [["comanda.payment.", "event-written"]],
};

const NAMES: ReadonlySet<string> = new Set(FLOW_CODES);

/** The stable name of a step; `other` for what has none here, such as what a newer release wrote. */
export function codeOfStep(entry: FlowEntry): FlowCode | "other" {
  const { code } = entry;
  if (code === undefined) return codeOfUnnamed(entry);
  return isFlowCode(code) ? code : "other";
}

function isFlowCode(code: string): code is FlowCode {
  return NAMES.has(code);
}

function codeOfUnnamed({ kind, summary, detail }: FlowEntry): FlowCode | "other" {
  const known = BEGINNINGS[kind].find(([beginning]) => summary.startsWith(beginning))?.[1];
  if (known === "closing" && detail["reason"] === "its time is over") return "time-over";
  if (known !== undefined) return known;
  if (kind !== "decision" || typeof detail["status"] !== "string") return "other";
  const [from, to] = summary.split(" → ");
  return from === to ? "status-kept" : "status-changed";
}

/** The stable name of a movement of money. */
export function codeOfMoney({ why, isReversal }: MoneyEntry): "money-booked-back" | `money-${MoneyEntry["why"]}` {
  return isReversal ? "money-booked-back" : `money-${why}`;
}
