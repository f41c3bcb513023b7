import { addSeconds, type Id, ok } from "@comanda/primitives";
import { changeCharge, noteUnanswered } from "../domain/change-charge.ts";
import type { Charge, NamedEntry } from "../domain/charge.ts";
import { isOutcomeUnknown } from "../domain/check-plan.ts";
import { noteCloseCall, withCloseCall } from "../domain/close-call.ts";
import { expire } from "../domain/close-charge.ts";
import { isOverdue } from "../domain/overdue.ts";
import type { ProviderCharge } from "../domain/provider-charge.ts";
import { noteProviderFact } from "../domain/provider-facts.ts";
import { noteRefundAsked } from "../domain/refunds.ts";
import { settleRefund } from "../domain/settle-refund.ts";
import { isOpen, isToBeAsked } from "../domain/transitions.ts";
import { askToClose, hasClosed } from "./ask-to-close.ts";
import { applyToStored, type ChargeDesk, changeStored } from "./charge-desk.ts";
import { closeUnknown, makeOrFind } from "./find-lost-charge.ts";
import { makeAtProvider } from "./make-at-provider.ts";

/** What made us look, and what it told of. */
export type CheckOptions = {
  readonly notice?: NamedEntry;
  readonly paymentIdHint?: string | null;
  readonly traceparent: string | null;
};

const TRY_CLOSING_AGAIN_S = 30;

/**
 * Finds out how a charge stands and does what follows: makes it, believes a fact, closes what is overdue, moves the next
 * refund. May be called by anybody at any time, any number of times.
 * @returns whether the provider could be asked
 */
export async function checkCharge(desk: ChargeDesk, charge: Charge, options: CheckOptions): Promise<boolean> {
  const { traceparent } = options;
  if (charge.provider === "counter") {
    if (isOverdue(charge, desk.clock.now())) await applyToStored(desk, { id: charge.id, traceparent }, expire);
    return true;
  }
  if (charge.providerId === null && charge.status === "created" && !isOverdue(charge, desk.clock.now())) {
    await makeOrFind(desk, charge, traceparent);
    return true;
  }
  if (charge.providerId === null && (charge.status === "created" || isOutcomeUnknown(charge))) {
    return closeUnknown(desk, charge, traceparent);
  }
  return desk.turns.take(`check ${charge.id}`, async () => {
    const seen = await read(desk, charge, options);
    if (seen === null) return false;
    await followUp(desk, seen);
    return true;
  });
}

/** Reads a charge at the provider and takes in what it says. `null` when there is no word to be had. */
export async function readAndApply(desk: ChargeDesk, charge: Charge, options: CheckOptions): Promise<Charge | null> {
  return (await read(desk, charge, options))?.charge ?? null;
}

type Seen = { readonly charge: Charge; readonly fact: ProviderCharge };

async function read(desk: ChargeDesk, charge: Charge, options: CheckOptions): Promise<Seen | null> {
  const about = { id: charge.id, traceparent: options.traceparent };
  const answer = await desk.provider.readCharge(charge, options.paymentIdHint ?? null);
  if (answer.outcome !== "done" || answer.value === null) {
    desk.log.warn({ charge: charge.id, outcome: answer.outcome }, "the charge could not be read at the provider");
    // The provider knows nothing of it (any more): then nobody can pay it, and its time decides.
    const isGone = answer.outcome === "done" && isOverdue(charge, desk.clock.now());
    await applyToStored(desk, about, isGone ? expire : noteUnanswered);
    return null;
  }
  const fact = answer.value;
  const noted = await changeStored(desk, about, (stored, moment) =>
    ok(noteProviderFact(stored, { fact, notice: options.notice ?? null }, moment)),
  );
  if (!noted.ok) return null;
  for (const alarm of noted.value.alarms) {
    desk.log.error({ charge: charge.id, order: charge.orderId, alarm, state: fact.state }, "look at this charge");
  }
  return { charge: noted.value.charge, fact };
}

async function followUp(desk: ChargeDesk, { charge, fact }: Seen): Promise<void> {
  if (charge.refunds.some(isToBeAsked)) await moveRefund(desk, charge);
  if (fact.state === "open" && charge.status === "created") await makeAtProvider(desk, charge, null);
  else if (fact.state === "open" && isOpen(charge.status)) {
    if (isOverdue(charge, desk.clock.now())) await closeOverdue(desk, charge);
  } else if (fact.state === "open" && charge.approvedAt === null) await closeForgotten(desk, charge);
  // Nobody can pay it there any more, and nobody knows whether somebody did: its time decides, and people look.
  else if (fact.state === "unclear" && isOverdue(charge, desk.clock.now())) {
    await applyToStored(desk, { id: charge.id, traceparent: null }, expire);
  }
}

/** Its time is over and the provider still takes money for it: closed there first. */
async function closeOverdue(desk: ChargeDesk, charge: Charge): Promise<void> {
  const call = await askToClose(desk, charge);
  if (!hasClosed(call)) return;
  await applyToStored(desk, { id: charge.id, traceparent: null }, (stored, moment) =>
    withCloseCall(stored, expire(stored, moment), call),
  );
}

/** We have given it up, the provider has not: a call that came too late, or a close that did not get through. */
async function closeForgotten(desk: ChargeDesk, charge: Charge): Promise<void> {
  const isOverThere = charge.method === "link" && charge.checks > 0;
  if (isOverThere) return;
  const call = await askToClose(desk, charge);
  await applyToStored(desk, { id: charge.id, traceparent: null }, (stored, moment) =>
    hasClosed(call)
      ? noteCloseCall(stored, call, moment)
      : changeCharge(stored, { checkAt: addSeconds(moment.now, TRY_CLOSING_AGAIN_S) }, moment),
  );
}

/** One refund at a time: the provider refuses a second while one is under way (provider §5.4). */
async function moveRefund(desk: ChargeDesk, charge: Charge): Promise<void> {
  let current: Charge | null = charge;
  while (current !== null && !current.refunds.some(({ status }) => status === "in_process")) {
    const next = current.refunds.find(isToBeAsked);
    if (next === undefined) return;
    const settled: Charge | null = await askForRefund(desk, current.id, next.id);
    if (settled?.refunds.some((refund) => refund.id === next.id && isToBeAsked(refund)) === true) return;
    current = settled;
  }
}

async function askForRefund(desk: ChargeDesk, id: Id, refundId: Id): Promise<Charge | null> {
  const about = { id, traceparent: null };
  const asked = await applyToStored(desk, about, (stored, moment) => noteRefundAsked(stored, refundId, moment));
  if (asked === null) return null;
  const answer = await desk.provider.refundCharge(asked, refundId);
  if (answer.outcome !== "done") desk.log.warn({ charge: id, refund: refundId, ...answer }, "refund not made yet");
  const settled = await applyToStored(desk, about, (stored, moment) =>
    settleRefund(stored, { refundId, answer }, moment),
  );
  if (settled?.refunds.find((refund) => refund.id === refundId)?.status === "failed") {
    desk.log.error({ charge: id, refund: refundId, alarm: "refund-failed" }, "look at this charge");
  }
  return settled;
}
