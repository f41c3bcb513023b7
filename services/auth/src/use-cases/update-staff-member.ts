import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import type { StaffRole } from "../domain/person.ts";
import { lesserRole } from "../domain/staff-rank.ts";
import { lockAdministrators, type People } from "../storage/people.ts";
import type { Db } from "../storage/sessions.ts";
import { disablePerson, enablePerson, isLastActiveAdmin, lockStaffMember, setRole } from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endAllOf } from "./end-session.ts";
import { endStanding } from "./end-standing.ts";

/** What is to change of somebody of the shop. */
type Change = {
  readonly id: string;
  /** Who asks. */
  readonly by: string;
  readonly role: StaffRole | undefined;
  readonly isActive: boolean | undefined;
};
type Refusal = "unknown" | "own-account" | "last-admin";

/** Gives somebody another role, keeps them out, lets them in again. What changes ends every session of theirs. */
export type UpdateStaffMember = (change: Change, note: NoteAct) => Promise<Result<null, Refusal>>;

export function makeUpdateStaffMember(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): UpdateStaffMember {
  const { people, clock, noteRevocations } = deps;

  return async function updateStaffMember(change, note) {
    const done = await people.db.transaction().execute(async (tx) => {
      // Two administrators who demote each other at once must not both succeed.
      await lockAdministrators({ ...people, db: tx });
      return carryOut(tx, { change, note, now: clock.now() });
    });
    if (done.ok) await noteRevocations();
    return done;
  };
}

async function carryOut(
  tx: Db,
  how: { readonly change: Change; readonly note: NoteAct; readonly now: Date },
): Promise<Result<null, Refusal>> {
  const { change, note, now } = how;
  const { id, by, role, isActive } = change;
  const present = await lockStaffMember(tx, id);
  if (present === null) return refuse("unknown");
  const changesRole = role !== undefined && role !== present.role;
  if (changesRole && id === by) return refuse("own-account");
  const changesActive = isActive !== undefined && isActive !== present.isActive;
  const losesAdmin = present.role === "admin" && present.isActive && (changesRole || (changesActive && !isActive));
  if (losesAdmin && (await isLastActiveAdmin(tx, id))) return refuse("last-admin");
  if (changesRole) await setRole(tx, id, role);
  if (changesActive) await (isActive ? enablePerson(tx, id) : disablePerson(tx, id, now));
  if (changesRole || changesActive) await endAllOf(tx, id, now);
  const losesRole = changesRole && lesserRole(role, present.role) === role;
  if (losesRole || (changesActive && !isActive)) await endStanding(tx, { id, role: present.role }, now);
  await note(tx, id, {
    ...(role === undefined ? {} : { role_before: present.role }),
    ...(isActive === undefined ? {} : { active_before: present.isActive }),
  });
  return ok(null);
}
