import { type Clock, newId, type Result, refuse } from "@comanda/primitives";
import type { Person, Profile } from "../domain/person.ts";
import type { People, Taken } from "../storage/people.ts";
import { type Created, createPersonOnce, type RequestKey } from "./create-person-once.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Writes a guest down who gave a name and agreed to it. Without a password they cannot sign in, only be recognised. */
export type RegisterCustomer = (given: {
  readonly profile: Profile;
  readonly password: string | null;
  readonly requestKey: RequestKey | null;
}) => Promise<Result<Created, Taken | "idempotency-key-reused">>;

export function makeRegisterCustomer(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
}): RegisterCustomer {
  const { people, passwords, clock } = deps;

  return async function registerCustomer({ profile, password, requestKey }) {
    const passwordHash = password === null ? null : await passwords.hash(password);
    const now = clock.now();
    const person: Person = { id: newId(), createdAt: now, role: "customer", level: "registered", profile };
    const content = [profile.name, profile.email.reveal(), profile.cpf?.reveal() ?? null, password !== null];
    const newPerson = { person, passwordHash, consentedAt: now };
    const created = await createPersonOnce(people, { newPerson, requestKey, content });
    // The answer holds a token: whoever repeats the request must know its password as well.
    const isSame = async ({ isReplay, passwordHash: first }: Created) =>
      !isReplay || password === null || (first !== null && (await passwords.verify(first, password)));
    return created.ok && !(await isSame(created.value)) ? refuse("idempotency-key-reused") : created;
  };
}
