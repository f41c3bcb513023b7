import { type Clock, newId, ok, type Result } from "@comanda/primitives";
import type { Person, Profile } from "../domain/person.ts";
import { insertPerson, type People, type Taken } from "../storage/people.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Writes a guest down who gave a name and agreed to it. Without a password they cannot sign in, only be recognised. */
export type RegisterCustomer = (given: {
  readonly profile: Profile;
  readonly password: string | null;
}) => Promise<Result<Person, Taken>>;

export function makeRegisterCustomer(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
}): RegisterCustomer {
  return async function registerCustomer({ profile, password }) {
    const passwordHash = password === null ? null : await deps.passwords.hash(password);
    const now = deps.clock.now();
    const person: Person = { id: newId(), createdAt: now, role: "customer", level: "registered", profile };
    const written = await insertPerson(deps.people, person, { passwordHash, consentedAt: now });
    return written.ok ? ok(person) : written;
  };
}
