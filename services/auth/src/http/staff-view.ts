import { Type } from "typebox";
import type { Person } from "../domain/person.ts";
import type { People } from "../storage/people.ts";
import { readStaffStates } from "../storage/staff.ts";
import { PersonSchema } from "./schemas.ts";
import { viewOfPerson } from "./views.ts";

/** Somebody of the shop as administrators see them. */
export const StaffMemberSchema = Type.Object({
  ...PersonSchema.properties,
  active: Type.Boolean({ description: "Whether they can come in" }),
  mfa_enabled: Type.Boolean({ description: "Whether they have a second factor" }),
});

export async function viewsOfStaff(people: People, staff: readonly Person[]) {
  const { disabled, withSecondFactor } = await readStaffStates(
    people.db,
    staff.map(({ id }) => id),
  );
  return staff.map((person) => ({
    ...viewOfPerson(person),
    active: !disabled.has(person.id),
    mfa_enabled: withSecondFactor.has(person.id),
  }));
}
