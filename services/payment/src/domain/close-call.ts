import { changeCharge, type Moment } from "./change-charge.ts";
import type { Charge, FlowEntry, NamedEntry } from "./charge.ts";
import type { ProviderResult } from "./provider-charge.ts";

/** That the provider was asked to take no more money for a charge, and what it answered. */
export type CloseCall = {
  readonly askedAt: Date;
  readonly answeredAt: Date;
  readonly answer: ProviderResult<"closed" | "asked">;
};

/** Writes the call into the flow, when nothing else follows from it. */
export function noteCloseCall(charge: Charge, call: CloseCall, moment: Moment): Charge {
  return changeCharge(charge, { entries: entriesOf(call) }, moment);
}

/** Puts the call before what followed from it, in the same change. */
export function withCloseCall(before: Charge, after: Charge, call: CloseCall): Charge {
  if (after === before) return after;
  const followed = after.entries.slice(before.entries.length);
  return { ...after, entries: [...before.entries, ...entriesOf(call), ...followed] };
}

function entriesOf({ askedAt, answeredAt, answer }: CloseCall): readonly NamedEntry[] {
  return [
    { at: askedAt, kind: "request", code: "close-asked", summary: "close asked of the provider", detail: {} },
    {
      at: answeredAt,
      kind: "answer",
      code: codeOf(answer),
      summary: `close ${wordOf(answer)}`,
      detail: detailOf(answer),
    },
  ];
}

function codeOf(answer: CloseCall["answer"]): NamedEntry["code"] {
  if (answer.outcome === "done") return answer.value === "closed" ? "close-done" : "close-under-way";
  return answer.outcome === "refused" ? "close-refused" : "close-unanswered";
}

function wordOf(answer: CloseCall["answer"]): string {
  if (answer.outcome !== "done") return answer.outcome;
  return answer.value === "closed" ? "done" : "under way";
}

function detailOf(answer: CloseCall["answer"]): FlowEntry["detail"] {
  if (answer.outcome === "refused") return { status: answer.status, code: answer.code };
  return answer.outcome === "done" ? {} : { reason: answer.reason };
}
