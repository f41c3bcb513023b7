import { type Clock, newId, ok, type Result } from "@comanda/primitives";
import type { Person, Profile, StaffRole } from "../domain/person.ts";
import { insertPerson, type People, type Taken } from "../storage/people.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Gives somebody of the shop a sign-in with a role. */
export type CreateStaffMember = (given: {
  readonly profile: Profile;
  readonly password: string;
  readonly role: StaffRole;
}) => Promise<Result<Person, Taken>>;

export function makeCreateStaffMember(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
}): CreateStaffMember {
  return async function createStaffMember({ profile, password, role }) {
    const passwordHash = await deps.passwords.hash(password);
    const person: Person = { id: newId(), createdAt: deps.clock.now(), role, level: null, profile };
    const written = await insertPerson(deps.people, person, { passwordHash, consentedAt: null });
    return written.ok ? ok(person) : written;
  };
}
