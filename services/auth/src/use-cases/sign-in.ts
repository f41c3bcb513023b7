import { ok, type Result, refuse } from "@comanda/primitives";
import { parseEmail } from "../domain/email.ts";
import type { Person } from "../domain/person.ts";
import { findSignIn, type People, replacePasswordHash } from "../storage/people.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Checks an e-mail and a password. Which of the two was wrong is nobody's business, nor is the time it takes. */
export type SignIn = (given: {
  readonly username: string;
  readonly password: string;
}) => Promise<Result<Person, "wrong-credentials">>;

/** Makes the sign-in of staff and registered guests alike; hashes of weaker parameters are renewed on the way. */
export function makeSignIn(deps: { readonly people: People; readonly passwords: PasswordHasher }): SignIn {
  const { people, passwords } = deps;

  return async function signIn({ username, password }) {
    const email = parseEmail(username);
    const known = email.ok ? await findSignIn(people, email.value) : null;
    if (known === null || known.passwordHash === null) {
      await passwords.verifyNothing(password);
      return refuse("wrong-credentials");
    }
    if (!(await passwords.verify(known.passwordHash, password))) return refuse("wrong-credentials");
    if (passwords.isOutdated(known.passwordHash)) {
      const to = await passwords.hash(password);
      await replacePasswordHash(people, { id: known.person.id, from: known.passwordHash, to });
    }
    return ok(known.person);
  };
}
