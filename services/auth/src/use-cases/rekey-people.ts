import type { People } from "../storage/people.ts";
import { listPeopleToRekey, rekeyPerson } from "../storage/rekey-people.ts";

const BATCH = 200;

/**
 * Brings everybody under the present master key, online (reliability OP-61). A person who cannot be brought over (their
 * key is under neither living master key, or somebody took their e-mail meanwhile) is named in the log and left.
 * @returns how many were brought over
 */
export async function rekeyPeople(deps: {
  readonly people: People;
  readonly log: { readonly error: (record: object, message: string) => void };
  readonly isStopped?: () => boolean;
}): Promise<number> {
  const { people, log, isStopped = () => false } = deps;
  let moved = 0;
  let after: string | null = null;
  while (!isStopped()) {
    const ids = await listPeopleToRekey(people, { after, limit: BATCH });
    const last = ids.at(-1);
    if (last === undefined) break;
    for (const id of ids) {
      try {
        await rekeyPerson(people, id);
        moved += 1;
      } catch (error) {
        log.error({ err: error, person: id }, "a person cannot be brought under the present PERSONAL_DATA_KEY");
      }
    }
    after = last;
  }
  return moved;
}
