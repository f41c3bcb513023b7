import { addSeconds } from "@comanda/primitives";
import { changeCharge, noteUnanswered } from "../domain/change-charge.ts";
import type { Charge } from "../domain/charge.ts";
import { isOutcomeUnknown } from "../domain/check-plan.ts";
import { expire } from "../domain/close-charge.ts";
import { noteProviderAnswer, qrSecondsOf } from "../domain/create-charge.ts";
import { applyToStored, type ChargeDesk } from "./charge-desk.ts";
import { makeAgain, makeAtProvider } from "./make-at-provider.ts";

/** The provider remembers a key for 24 h; an hour less, since its clock is not ours (reliability PA-15). */
const KEY_LIVES_S = 23 * 3_600;

/**
 * Makes a charge that is not made as far as we know. While the provider remembers the key, asking again is safe; after
 * that the charge is looked for by our name for it first, and asked for anew only when it is not there.
 */
export async function makeOrFind(desk: ChargeDesk, charge: Charge, traceparent: string | null): Promise<void> {
  const { askedAt } = charge;
  if (askedAt === null || desk.clock.now() < addSeconds(askedAt, KEY_LIVES_S)) {
    await makeAgain(desk, charge, traceparent);
    return;
  }
  if ((await find(desk, charge)) !== "none") return;
  const about = { id: charge.id, traceparent };
  const anew = await applyToStored(desk, about, (stored, moment) =>
    changeCharge(stored, { making: "asked", askedAt: moment.now, entries: [entry("asked-anew", moment)] }, moment),
  );
  if (anew !== null && anew.status === "created" && anew.providerId === null) {
    await makeAtProvider(desk, anew, traceparent);
  }
}

/**
 * Ends a charge that was given up without our knowing whether the provider holds it: when it does, it is closed there.
 * @returns whether the provider could be asked
 */
export async function closeUnknown(desk: ChargeDesk, charge: Charge, traceparent: string | null): Promise<boolean> {
  // Its answer may have come since it was read: then the provider is asked to close it, like any other that is overdue.
  const giveUp: typeof expire = (stored, moment) => (stored.providerId === null ? expire(stored, moment) : stored);
  const closed = (await applyToStored(desk, { id: charge.id, traceparent }, giveUp)) ?? charge;
  if (!isOutcomeUnknown(closed)) return true;
  const found = await find(desk, closed);
  if (found === "none") {
    await applyToStored(desk, { id: charge.id, traceparent }, (stored, moment) =>
      changeCharge(stored, { making: "settled", entries: [entry("nothing-came", moment)] }, moment),
    );
  }
  return found !== "unanswered";
}

const OUTCOMES = {
  "asked-anew": "not there: asked for anew",
  "nothing-came": "not there: nothing came of it",
} as const;

type Found = "there" | "none" | "unanswered";

async function find(desk: ChargeDesk, charge: Charge): Promise<Found> {
  const answer = await desk.provider.findCharge(charge, qrSecondsOf(charge));
  const about = { id: charge.id, traceparent: null };
  if (answer.outcome !== "done") {
    desk.log.warn({ charge: charge.id, ...answer }, "a charge whose answer was lost could not be looked for");
    await applyToStored(desk, about, noteUnanswered);
    return "unanswered";
  }
  const { value } = answer;
  if (value === null) return "none";
  desk.log.info({ charge: charge.id }, "a charge whose answer was lost was found at the provider");
  await applyToStored(desk, about, (stored, moment) => noteProviderAnswer(stored, { outcome: "done", value }, moment));
  return "there";
}

function entry(code: keyof typeof OUTCOMES, { now: at }: { readonly now: Date }) {
  return { at, kind: "decision", code, summary: OUTCOMES[code], detail: {} } as const;
}
