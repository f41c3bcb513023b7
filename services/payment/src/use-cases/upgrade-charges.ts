import { addSeconds, type Clock } from "@comanda/primitives";
import type { UpgradeStore } from "../storage/upgrade-store.ts";
import type { DeskLog } from "./charge-desk.ts";

/** What bringing documents up to date works with. */
export type UpgradeDesk = {
  readonly upgrades: UpgradeStore;
  readonly clock: Clock;
  readonly log: DeskLog;
  readonly pause: (ms: number) => Promise<void>;
  /** How long this format must have been written before old documents are touched, in seconds. */
  readonly waitSeconds: number;
  /** Told how many documents were written anew. */
  readonly onUpgraded: (count: number) => void;
};

/** Guests pay beside it: few at a time, and a breath in between. */
const PER_STEP = 100;
const BREATH_MS = 100;
const TOLD_EVERY = 10_000;

/**
 * Takes one step of bringing the documents of all charges to the present format. It waits first: what was brought up to
 * date cannot be read by the release before, which may have to come back.
 * @returns how many charges were looked at; 0 when there is nothing to do, now or any more
 */
export async function upgradeCharges(desk: UpgradeDesk): Promise<number> {
  const { upgrades, clock, log } = desk;
  const now = clock.now();
  const pass = await upgrades.pass(now);
  if (pass.doneAt !== null || now < addSeconds(pass.since, desk.waitSeconds)) return 0;
  const step = await upgrades.step({ after: pass.after, limit: PER_STEP });
  await upgrades.note(step, clock.now());
  desk.onUpgraded(step.upgraded);
  for (const charge of step.unreadable) {
    log.error({ charge }, "the document of a charge cannot be brought up to date");
  }
  const told = { format: pass.format, seen: pass.seen + step.seen, upgraded: pass.upgraded + step.upgraded };
  if (step.last === null) log.info(told, "the documents of all charges are up to date");
  else if (Math.floor(told.seen / TOLD_EVERY) > Math.floor(pass.seen / TOLD_EVERY) || pass.seen === 0) {
    log.info(told, "bringing the documents of charges up to date");
  }
  if (step.last !== null) await desk.pause(BREATH_MS);
  return step.seen;
}
