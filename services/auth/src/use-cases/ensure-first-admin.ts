import { type Clock, newId, ok, type Result } from "@comanda/primitives";
import type { Profile } from "../domain/person.ts";
import { adminExists, insertPerson, type People, type Taken, waitForTurnToCreateAdmin } from "../storage/people.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/**
 * Makes sure that somebody can let the others in: writes the first administrator down when there is none at all.
 * Of several processes starting at once exactly one does it.
 */
export async function ensureFirstAdmin(
  deps: { readonly people: People; readonly passwords: PasswordHasher; readonly clock: Clock },
  first: { readonly profile: Profile; readonly password: string },
): Promise<Result<"created" | "present", Taken>> {
  const { people, passwords, clock } = deps;
  if (await adminExists(people)) return ok("present");
  // Before the transaction, which should not wait for it.
  const passwordHash = await passwords.hash(first.password);
  return people.db.transaction().execute(async (db) => {
    const within = { ...people, db };
    await waitForTurnToCreateAdmin(within);
    if (await adminExists(within)) return ok("present");
    const written = await insertPerson(
      within,
      { id: newId(), createdAt: clock.now(), role: "admin", level: null, profile: first.profile },
      { passwordHash, consentedAt: null },
    );
    return written.ok ? ok("created") : written;
  });
}
