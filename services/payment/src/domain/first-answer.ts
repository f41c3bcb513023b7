import { CHARGE_STATUSES, type ChargeStatus } from "@comanda/contracts";
import type { Cents } from "@comanda/primitives";
import type { Charge, FlowEntry } from "./charge.ts";
import { refundingCents } from "./refund-sums.ts";

/** What of a charge changes after an answer was given, as the flow keeps it so that the answer can be given again. */
export function answeredWith(
  before: Charge,
  told: {
    readonly status: ChargeStatus;
    readonly refundedCents: Cents;
    readonly refundingCents: Cents;
    readonly now: Date;
  },
): FlowEntry["detail"] {
  return {
    answered_status: told.status,
    answered_refunded_cents: told.refundedCents,
    answered_refunding_cents: told.refundingCents,
    answered_version: before.version + 1,
    answered_at: told.now.toISOString(),
  };
}

/** A charge as it was told, and how much of it was on its way back then. */
export type ToldCharge = { readonly charge: Charge; readonly refundingCents: Cents };

/**
 * The charge as it was told when the entry that `matches` was written: the same request again gets the same answer,
 * whatever happened to the charge since.
 */
export function asFirstAnswered(charge: Charge, matches: (detail: FlowEntry["detail"]) => boolean): ToldCharge {
  const asItIs = { charge, refundingCents: refundingCents(charge.refunds) };
  const detail = charge.entries.find((entry) => entry.kind === "decision" && matches(entry.detail))?.detail;
  if (detail === undefined) return asItIs;
  const status = CHARGE_STATUSES.find((known) => known === detail["answered_status"]);
  const version = detail["answered_version"];
  const refundedCents = detail["answered_refunded_cents"];
  const at = detail["answered_at"];
  const refunding = detail["answered_refunding_cents"];
  if (status === undefined || typeof version !== "number" || typeof refundedCents !== "number") return asItIs;
  const updatedAt = typeof at === "string" ? new Date(at) : charge.updatedAt;
  return {
    charge: { ...charge, status, version, refundedCents, updatedAt },
    // Not kept by what was answered before there was such a figure.
    refundingCents: typeof refunding === "number" ? refunding : asItIs.refundingCents,
  };
}
