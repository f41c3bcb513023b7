import { addSeconds, type Clock } from "@comanda/primitives";
import { purgeAttempts } from "../storage/failed-attempts.ts";
import { purgeInvitations } from "../storage/invitations.ts";
import { purgeRevocations } from "../storage/revocations.ts";
import { type Db, purgeSessions } from "../storage/sessions.ts";
import { purgeUsedAssertions } from "../storage/used-assertions.ts";

const EVERY_MS = 600_000;
// A spent refresh token must be remembered for as long as a thief may try it; a month is longer than any session of a
// person.
const KEPT_S = 31 * 86_400;
// Wrong passwords are counted by the hour, wrong codes by the day.
const ATTEMPTS_KEPT_S = 86_400;

/** Removes what has been over for long: the list of revocations must stay small, for everybody reads all of it. */
export async function tidyUp(db: Db, now: Date): Promise<void> {
  await purgeRevocations(db, now);
  await purgeUsedAssertions(db, now);
  await purgeSessions(db, addSeconds(now, -KEPT_S));
  await purgeInvitations(db, addSeconds(now, -KEPT_S));
  await purgeAttempts(db, addSeconds(now, -ATTEMPTS_KEPT_S));
}

/** Tidies up every ten minutes. */
export function makeTidying(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly purgeCounts: () => Promise<void>;
  readonly log: { readonly warn: (details: object, message: string) => void };
}): { readonly start: () => void; readonly stop: () => void } {
  let timer: NodeJS.Timeout | null = null;
  return {
    start: () => {
      timer = setInterval(() => {
        Promise.all([tidyUp(deps.db, deps.clock.now()), deps.purgeCounts()]).catch((error: unknown) =>
          deps.log.warn({ err: error }, "could not tidy up"),
        );
      }, EVERY_MS).unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}
