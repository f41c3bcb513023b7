import { CHARGE_STATUSES, type ChargeStatus } from "@comanda/contracts";
import type { Cents } from "@comanda/primitives";
import type { Charge, FlowEntry } from "./charge.ts";

/** What of a charge changes after an answer was given, as the flow keeps it so that the answer can be given again. */
export function answeredWith(
  before: Charge,
  told: { readonly status: ChargeStatus; readonly refundedCents: Cents; readonly now: Date },
): FlowEntry["detail"] {
  return {
    answered_status: told.status,
    answered_refunded_cents: told.refundedCents,
    answered_version: before.version + 1,
    answered_at: told.now.toISOString(),
  };
}

/**
 * The charge as it was told when the entry that `matches` was written: the same request again gets the same answer,
 * whatever happened to the charge since.
 */
export function asFirstAnswered(charge: Charge, matches: (detail: FlowEntry["detail"]) => boolean): Charge {
  const detail = charge.entries.find((entry) => entry.kind === "decision" && matches(entry.detail))?.detail;
  if (detail === undefined) return charge;
  const status = CHARGE_STATUSES.find((known) => known === detail["answered_status"]);
  const version = detail["answered_version"];
  const refundedCents = detail["answered_refunded_cents"];
  const at = detail["answered_at"];
  if (status === undefined || typeof version !== "number" || typeof refundedCents !== "number") return charge;
  return {
    ...charge,
    status,
    version,
    refundedCents,
    updatedAt: typeof at === "string" ? new Date(at) : charge.updatedAt,
  };
}
