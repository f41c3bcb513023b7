import { type Clock, createLoop } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import type { People } from "../storage/people.ts";
import { rekeyPeople } from "./rekey-people.ts";

const EVERY_MS = 3_600_000;

/** The work that privacy asks for in the background; each begins at the start and goes on every hour. */
export function makePrivacyJobs(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "error">;
}): { readonly start: () => void; readonly stop: () => Promise<void> } {
  const { people, log } = deps;
  return createLoop({
    round: async (signal) => {
      const moved = await rekeyPeople({ people, log, isStopped: () => signal.aborted });
      if (moved > 0) log.info({ moved }, "people brought under the present personal data key");
      return 0;
    },
    pollMs: EVERY_MS,
    onError: (error) =>
      log.error({ err: error, job: "rekey-people" }, "background work failed; it will be tried again"),
  });
}
