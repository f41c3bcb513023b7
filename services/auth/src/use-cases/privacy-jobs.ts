import { type AuditTrail, cutOldEntries } from "@comanda/audit";
import { purgeOutbox } from "@comanda/messaging";
import { addSeconds, type Clock, createLoop, type Loop } from "@comanda/primitives";
import { purgeErasures } from "../storage/erasures.ts";
import { purgeLetters } from "../storage/letters.ts";
import type { People } from "../storage/people.ts";
import { deleteAnonymous } from "../storage/person-privacy.ts";
import { purgeCodes } from "../storage/verifications.ts";
import { countUnderOtherKey, rekeyInvitations, rekeyPeople } from "./rekey-people.ts";
import { eraseReturned, repeatErasures } from "./repeat-erasures.ts";

const EVERY_MS = 3_600_000;
const DAY_S = 86_400;
const BATCH = 1_000;
/** An anonymous guest is here for one visit (reliability OP-64). */
const ANONYMOUS_S = DAY_S;
/** A code is over after ten minutes; a day longer tells who asked for one, should somebody complain. */
const CODES_S = DAY_S;
/** Backups are kept 35 days (OP-63): until then whoever was erased may come back with one. */
const ERASED_PERSON_S = 40 * DAY_S;
const RECEIPT_S = 5 * 365 * DAY_S;

/** Forgets what auth has held for long enough. */
export async function forgetOld({ db }: Pick<People, "db">, now: Date): Promise<void> {
  while ((await deleteAnonymous(db, { before: addSeconds(now, -ANONYMOUS_S), limit: BATCH })) === BATCH);
  await purgeLetters(db, now);
  await purgeCodes(db, addSeconds(now, -CODES_S));
  await purgeErasures(db, { person: addSeconds(now, -ERASED_PERSON_S), receipt: addSeconds(now, -RECEIPT_S) });
  await purgeOutbox(db);
}

export type PrivacyJobs = Pick<Loop, "start" | "stop"> & {
  /** How many people and invitations stood under another master key in the last round; `NaN` before the first. */
  readonly underOtherKey: () => number;
};

/** The work that privacy asks for in the background, at the start and every hour. */
export function makePrivacyJobs(deps: {
  readonly people: People;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly log: Readonly<Record<"info" | "warn" | "error", (record: object, message: string) => void>>;
  /** Whether the other services are to be told of all erasures again, once, at the start. */
  readonly repeatsErasures: boolean;
  readonly noteRevocations: () => Promise<void>;
  readonly wakeRelay: () => void;
}): PrivacyJobs {
  const { people, clock, log, noteRevocations, wakeRelay } = deps;
  let isToRepeat = deps.repeatsErasures;
  let underOtherKey = Number.NaN;

  async function eraseAgain(): Promise<void> {
    const returned = await eraseReturned({ people, clock });
    if (returned > 0) log.warn({ returned }, "people who had been erased were back, and are erased again");
    const repeated = isToRepeat ? await repeatErasures({ people, clock }) : 0;
    if (isToRepeat) log.info({ repeated }, "order and payment are told again of everybody who was erased");
    isToRepeat = false;
    if (returned + repeated === 0) return;
    await noteRevocations();
    wakeRelay();
  }

  async function rekey(isStopped: () => boolean): Promise<void> {
    const moved = (await rekeyPeople({ people, log, isStopped })) + (await rekeyInvitations({ people, log }));
    if (moved > 0) log.info({ moved }, "people and invitations brought under the present personal data key");
    underOtherKey = await countUnderOtherKey(people);
    const left = underOtherKey;
    if (left > 0) log.warn({ left }, "people and invitations are still under another key than PERSONAL_DATA_KEY");
    else if (people.personalData.masterKeys > 1)
      log.info({ left }, "nothing is under PERSONAL_DATA_KEY_PREVIOUS any more");
  }

  const loop = createLoop({
    round: async (signal) => {
      await eraseAgain();
      await forgetOld(people, clock.now());
      await rekey(() => signal.aborted);
      await cutOldEntries(deps);
      return 0;
    },
    pollMs: EVERY_MS,
    onError: (error) => log.error({ err: error, job: "privacy" }, "background work failed; it will be tried again"),
  });
  return { start: loop.start, stop: loop.stop, underOtherKey: () => underOtherKey };
}
