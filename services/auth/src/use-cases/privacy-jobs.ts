import { purgeOutbox } from "@comanda/messaging";
import { addSeconds, type Clock, createLoop } from "@comanda/primitives";
import { listReturned, purgeErasures } from "../storage/erasures.ts";
import { purgeLetters } from "../storage/letters.ts";
import type { People } from "../storage/people.ts";
import { deleteAnonymous, deletePerson } from "../storage/person-privacy.ts";
import { purgeCodes } from "../storage/verifications.ts";
import { rekeyPeople } from "./rekey-people.ts";

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

/** Erases again whoever came back with a backup. @returns how many */
export async function eraseReturned({ db }: Pick<People, "db">): Promise<number> {
  const ids = await listReturned(db);
  for (const id of ids) await deletePerson(db, id);
  return ids.length;
}

/** The work that privacy asks for in the background, at the start and every hour. */
export function makePrivacyJobs(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly log: Readonly<Record<"info" | "warn" | "error", (record: object, message: string) => void>>;
}): { readonly start: () => void; readonly stop: () => Promise<void> } {
  const { people, clock, log } = deps;
  return createLoop({
    round: async (signal) => {
      const returned = await eraseReturned(people);
      if (returned > 0) log.warn({ returned }, "people who had been erased were back, and are erased again");
      await forgetOld(people, clock.now());
      const moved = await rekeyPeople({ people, log, isStopped: () => signal.aborted });
      if (moved > 0) log.info({ moved }, "people brought under the present personal data key");
      return 0;
    },
    pollMs: EVERY_MS,
    onError: (error) => log.error({ err: error, job: "privacy" }, "background work failed; it will be tried again"),
  });
}
