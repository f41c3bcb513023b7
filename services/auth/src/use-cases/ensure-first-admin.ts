import { type Clock, newId } from "@comanda/primitives";
import type { Person, Profile } from "../domain/person.ts";
import { adminExists, insertPerson, lockAdministrators, type People } from "../storage/people.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** The first administrator of the settings cannot be made; the message says which of their data is taken. */
class FirstAdminError extends Error {
  override readonly name = "FirstAdminError";
}

/**
 * Makes sure that somebody can let the others in: writes the first administrator down when there is none at all.
 * Of several processes starting at once exactly one does it.
 * @throws FirstAdminError when a guest has the e-mail or CPF already
 */
export async function ensureFirstAdmin(
  deps: { readonly people: People; readonly passwords: PasswordHasher; readonly clock: Clock },
  first: { readonly profile: Profile; readonly password: string },
): Promise<"created" | "present"> {
  const { people, passwords, clock } = deps;
  if (await adminExists(people)) return "present";
  // Before the transaction, which should not wait for it.
  const passwordHash = await passwords.hash(first.password);
  return people.db.transaction().execute(async (db) => {
    const within = { ...people, db };
    await lockAdministrators(within);
    if (await adminExists(within)) return "present";
    const person: Person = { id: newId(), createdAt: clock.now(), role: "admin", level: null, profile: first.profile };
    const written = await insertPerson(within, { person, passwordHash, consentedAt: null }, null);
    if (!written.ok) throw new FirstAdminError(`the first administrator cannot be made: ${written.refusal}`);
    return "created";
  });
}
