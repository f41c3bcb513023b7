import { boundsOfBusinessDay, type Result, refuse } from "@comanda/primitives";
import type { Reconciliation } from "../domain/reconciliation.ts";
import type { ReconciliationStore } from "../storage/reconciliation-store.ts";
import type { ChargeDesk } from "./charge-desk.ts";

/** Why a day is not compared. */
export type ReconciliationRefusal = { readonly kind: "no-day" } | { readonly kind: "key-reused" };

/** The run that compares the day, and whether this very request asked for it before. */
export type ReconciliationRequested = { readonly run: Reconciliation; readonly isReplay: boolean };

/**
 * Asks for the comparison of a business day, the present one included. While one of that day waits or runs, everybody
 * gets that one; afterwards asking again compares again.
 *
 * @param request.key the caller's Idempotency-Key in the caller's own space, or `null`
 */
export async function requestReconciliation(
  desk: Pick<ChargeDesk, "clock" | "newId"> & { readonly reconciliations: ReconciliationStore },
  request: { readonly day: string; readonly key: string | null },
): Promise<Result<ReconciliationRequested, ReconciliationRefusal>> {
  const { day, key } = request;
  const bounds = boundsOfBusinessDay(day);
  const now = desk.clock.now();
  if (bounds === null || bounds.from > now) return refuse({ kind: "no-day" });
  const id = desk.newId();
  const { outcome, run } = await desk.reconciliations.request({
    id,
    day,
    trigger: "person",
    key: key === null ? `run:${id}` : `key:${key}`,
    requestedAt: now,
  });
  if (run.day !== day) return refuse({ kind: "key-reused" });
  return { ok: true, value: { run, isReplay: outcome === "same-key" } };
}
