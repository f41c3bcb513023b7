import type { ChargeStatus } from "@comanda/contracts";
import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import { type CloseCall, noteCloseCall, withCloseCall } from "../domain/close-call.ts";
import { cancel } from "../domain/close-charge.ts";
import { holdsMoney, isOpen } from "../domain/transitions.ts";
import { askToClose } from "./ask-to-close.ts";
import { applyToStored, type ChargeDesk, changeStored, type UnknownCharge } from "./charge-desk.ts";
import { readAndApply } from "./check-charge.ts";
import { refundCharge } from "./refund-charge.ts";

/** Why a charge was not closed. */
export type CancelRefusal =
  | UnknownCharge
  | { readonly kind: "already-paid" | "already-closed"; readonly status: ChargeStatus }
  | { readonly kind: "provider-away" }
  /** The card terminal was asked to give it up and has not answered yet. */
  | { readonly kind: "being-closed"; readonly charge: Charge };

const TERMINAL_ANSWERS_MS = 1_500;
const TERMINAL_POLL_MS = 300;

/** Why it should be closed, and what to do when money came instead. */
export type Cancellation = {
  readonly reason: string;
  readonly refundIfPaid: boolean;
  readonly traceparent: string | null;
};

/**
 * Closes a charge: at the provider first, so that nobody pays what we call cancelled. When the payer was faster the
 * provider says no; then its word is read, and the money goes back if that is wanted.
 */
export async function cancelCharge(
  desk: ChargeDesk,
  id: Id,
  cancellation: Cancellation,
): Promise<Result<Charge, CancelRefusal>> {
  const charge = await desk.store.get(id);
  if (charge === null) return refuse({ kind: "unknown-charge" });
  if (!isOpen(charge.status)) return closed(desk, charge, cancellation);
  if (charge.providerId === null) return closeUnmade(desk, id, cancellation);

  const call = await desk.turns.take(`provider ${id}`, () => askToClose(desk, charge));
  const came = call.answer.outcome === "done" ? call.answer.value : "nothing";
  if (came === "closed" && charge.method !== "link") return closeHere(desk, id, { ...cancellation, call });
  await applyToStored(desk, { id, traceparent: cancellation.traceparent }, (stored, moment) =>
    noteCloseCall(stored, call, moment),
  );
  // The payer may have been faster, and a closed link may have been paid just before: only the provider knows.
  const read = await readWhile(desk, charge, { cancellation, isWaiting: came === "asked" });
  if (read === null) return refuse({ kind: "provider-away" });
  if (!isOpen(read.status)) return closed(desk, read, cancellation);
  // The provider has ended it already; what it does not know, a look at the terminal tells, and money that comes goes back.
  if (came === "closed" || read.detail === "check_on_terminal") return closeHere(desk, id, cancellation);
  return refuse(came === "asked" ? { kind: "being-closed", charge: read } : { kind: "provider-away" });
}

/** Reads how a charge stands; while a terminal is asked to give it up, again for a moment: it mostly answers at once. */
async function readWhile(
  desk: ChargeDesk,
  charge: Charge,
  { cancellation, isWaiting }: { readonly cancellation: Cancellation; readonly isWaiting: boolean },
): Promise<Charge | null> {
  let looks = isWaiting ? Math.ceil(TERMINAL_ANSWERS_MS / TERMINAL_POLL_MS) : 0;
  for (;;) {
    const read = await readAndApply(desk, charge, { traceparent: cancellation.traceparent });
    if (read === null || !isOpen(read.status) || looks === 0) return read;
    looks -= 1;
    await desk.pause(TERMINAL_POLL_MS);
  }
}

/**
 * Closes what the provider has not made as far as we know: a call that is under way finds it given up, and closes what it
 * made. A call that has just been answered was faster: then it is closed there first, like any other.
 */
async function closeUnmade(
  desk: ChargeDesk,
  id: Id,
  cancellation: Cancellation,
): Promise<Result<Charge, CancelRefusal>> {
  const { reason, traceparent } = cancellation;
  const decided = await changeStored(desk, { id, traceparent }, (charge, moment) => {
    const isMade = charge.providerId !== null && isOpen(charge.status);
    const cancelled = isMade ? ok(charge) : cancel(charge, reason, moment);
    return cancelled.ok ? ok({ charge: cancelled.value }) : cancelled;
  });
  return decided.ok && !isOpen(decided.value.charge.status)
    ? ok(decided.value.charge)
    : cancelCharge(desk, id, cancellation);
}

async function closeHere(
  desk: ChargeDesk,
  id: Id,
  cancellation: Cancellation & { readonly call?: CloseCall },
): Promise<Result<Charge, CancelRefusal>> {
  const { reason, traceparent, call } = cancellation;
  const decided = await changeStored(desk, { id, traceparent }, (charge, moment) => {
    const cancelled = cancel(charge, reason, moment);
    if (!cancelled.ok) return cancelled;
    return ok({ charge: call === undefined ? cancelled.value : withCloseCall(charge, cancelled.value, call) });
  });
  if (decided.ok) return ok(decided.value.charge);
  if (decided.refusal.kind !== "already-paid") return decided;
  const charge = await desk.store.get(id);
  return charge === null ? refuse({ kind: "unknown-charge" }) : closed(desk, charge, cancellation);
}

/** What is no longer open: nothing to do, or money to give back. */
async function closed(
  desk: ChargeDesk,
  charge: Charge,
  { reason, refundIfPaid, traceparent }: Cancellation,
): Promise<Result<Charge, CancelRefusal>> {
  const { status } = charge;
  if (status === "cancelled") return ok(charge);
  if (charge.approvedAt === null) return refuse({ kind: "already-closed", status });
  if (!refundIfPaid) return refuse({ kind: "already-paid", status });
  if (!holdsMoney(status)) return ok(charge);
  const request = { amountCents: null, reason, idempotencyKey: null, fingerprint: null };
  const refunded = await refundCharge(desk, charge.id, { request, traceparent });
  // Nothing left to give back is what was wanted.
  return ok(refunded.ok ? refunded.value.charge : charge);
}
