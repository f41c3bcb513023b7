import type { People } from "../storage/people.ts";
import { listInvitationsToRekey, rekeyInvitation } from "../storage/rekey-invitations.ts";
import { countPeopleToRekey, listPeopleToRekey, rekeyMany, rekeyPerson } from "../storage/rekey-people.ts";

/** In one transaction: enough that the way to the database is shared, few enough that nobody waits long for a row. */
const BATCH = 50;

type Deps = {
  readonly people: People;
  readonly log: { readonly error: (record: object, message: string) => void };
  readonly isStopped?: () => boolean;
};

/**
 * Brings everybody under the present master key and a data key that nobody has seen, online (reliability OP-61): many at
 * a time, then whoever was left one by one. Who cannot be brought over (their key is under neither living master key, or
 * somebody took their e-mail meanwhile) is named in the log and left.
 * @returns how many were brought over
 */
export async function rekeyPeople(deps: Deps): Promise<number> {
  const { people, log } = deps;
  if (people.personalData.masterKeyId === null) return 0;
  const together = await inPages(deps, async (ids) => {
    // One person may spoil a batch; the second way names them and brings the others over.
    return rekeyMany(people, ids).catch(() => 0);
  });
  const alone = await inPages(deps, async (ids) => {
    let moved = 0;
    for (const id of ids) {
      try {
        await people.db.transaction().execute((tx) => rekeyPerson({ ...people, db: tx }, id));
        moved += 1;
      } catch (error) {
        log.error({ err: error, person: id }, "a person cannot be brought under the present PERSONAL_DATA_KEY");
      }
    }
    return moved;
  });
  return together + alone;
}

/** The same for invitations, of which there are few. @returns how many were brought over */
export async function rekeyInvitations({ people, log }: Deps): Promise<number> {
  if (people.personalData.masterKeyId === null) return 0;
  let moved = 0;
  for (const id of await listInvitationsToRekey(people)) {
    try {
      await rekeyInvitation(people, id);
      moved += 1;
    } catch (error) {
      log.error({ err: error, invitation: id }, "an invitation cannot be brought under the present PERSONAL_DATA_KEY");
    }
  }
  return moved;
}

/** How many people and invitations stand under another master key than the present one; that one may go at 0. */
export async function countUnderOtherKey(people: People): Promise<number> {
  if (people.personalData.masterKeyId === null) return Number.NaN;
  return (await countPeopleToRekey(people)) + (await listInvitationsToRekey(people)).length;
}

/** Goes once through everybody who is to be brought over. */
async function inPages(
  { people, isStopped = () => false }: Deps,
  rekey: (ids: readonly string[]) => Promise<number>,
): Promise<number> {
  let moved = 0;
  let after: string | null = null;
  while (!isStopped()) {
    const ids = await listPeopleToRekey(people, { after, limit: BATCH });
    const last = ids.at(-1);
    if (last === undefined) break;
    moved += await rekey(ids);
    after = last;
  }
  return moved;
}
