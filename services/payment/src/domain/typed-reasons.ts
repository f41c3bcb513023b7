import { CANCEL_REASONS } from "@comanda/contracts";
import type { Charge, FlowEntry, Refund } from "./charge.ts";
import { MADE_ELSEWHERE } from "./refund-sums.ts";

/** What stands where somebody's words stood: that they gave a reason is part of the flow, the words are theirs. */
export const REASON_REMOVED = "reason removed";

/** Reasons that the house itself gives; whatever else is a reason was typed by somebody. */
export const HOUSE_REASONS = [
  "asked for",
  "a new attempt was begun",
  "its time is over",
  MADE_ELSEWHERE,
  ...CANCEL_REASONS,
  "item_refused",
  "pago em duplicidade",
  "pago com valor errado",
  "item recusado pela cozinha",
  REASON_REMOVED,
] as const;

/** A reason that the house itself gives. */
export type HouseReason = (typeof HOUSE_REASONS)[number];

const OF_THE_HOUSE: ReadonlySet<string> = new Set(HOUSE_REASONS);

/**
 * The charge without the reasons that people typed up to `until` (`null`: ever): a guest's own words, or what staff wrote
 * of them (ADR 0022). Money, states and steps stay as they are; the same charge when nothing was typed.
 */
export function withoutTypedReasons(charge: Charge, until: Date | null): Charge {
  const refunds = charge.refunds.map((refund) => withoutWords(refund, until));
  const entries = charge.entries.map((entry) => withoutWordsIn(entry, until));
  const isSame =
    refunds.every((refund, place) => refund === charge.refunds[place]) &&
    entries.every((entry, place) => entry === charge.entries[place]);
  return isSame ? charge : { ...charge, refunds, entries };
}

function withoutWords(refund: Refund, until: Date | null): Refund {
  if (isAfter(refund.requestedAt, until) || !isTyped(refund.reason)) return refund;
  return { ...refund, reason: REASON_REMOVED };
}

/** Only a decision has a reason that somebody typed: an answer's is the provider's, or the network's. */
function withoutWordsIn(entry: FlowEntry, until: Date | null): FlowEntry {
  const { at, kind, detail } = entry;
  if (kind !== "decision" || isAfter(at, until) || !isTyped(detail["reason"])) return entry;
  return { ...entry, detail: { ...detail, reason: REASON_REMOVED } };
}

function isTyped(reason: unknown): boolean {
  return typeof reason === "string" && reason !== "" && !OF_THE_HOUSE.has(reason);
}

function isAfter(at: Date, until: Date | null): boolean {
  return until !== null && at > until;
}
