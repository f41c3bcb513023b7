import { type Clock, newId, type Result } from "@comanda/primitives";
import type { Person, Profile, StaffRole } from "../domain/person.ts";
import type { People, Taken } from "../storage/people.ts";
import type { NoteAct } from "./act-and-note.ts";
import { type Created, createPersonOnce, type RequestKey } from "./create-person-once.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Gives somebody of the shop a sign-in with a role. */
export type CreateStaffMember = (given: {
  readonly profile: Profile;
  readonly password: string;
  readonly role: StaffRole;
  readonly requestKey: RequestKey | null;
  readonly note?: NoteAct;
}) => Promise<Result<Created, Taken | "idempotency-key-reused">>;

export function makeCreateStaffMember(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
}): CreateStaffMember {
  return async function createStaffMember({ profile, password, role, requestKey, note }) {
    const passwordHash = await deps.passwords.hash(password);
    const person: Person = { id: newId(), createdAt: deps.clock.now(), role, level: null, profile };
    const content = [profile.name, profile.email.reveal(), profile.cpf?.reveal() ?? null, role];
    const newPerson = { person, passwordHash, consentedAt: null };
    return createPersonOnce(deps.people, { newPerson, requestKey, content, note });
  };
}
