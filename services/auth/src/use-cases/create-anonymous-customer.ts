import { type Clock, newId } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";
import { insertPerson, type People } from "../storage/people.ts";

/** Begins the visit of a guest who gives nothing: one insert, on the way of every totem order. */
export type CreateAnonymousCustomer = () => Promise<Person>;

export function makeCreateAnonymousCustomer(deps: {
  readonly people: People;
  readonly clock: Clock;
}): CreateAnonymousCustomer {
  return async function createAnonymousCustomer() {
    const person: Person = {
      id: newId(),
      createdAt: deps.clock.now(),
      role: "customer",
      level: "anonymous",
      profile: null,
    };
    const written = await insertPerson(deps.people, person, { passwordHash: null, consentedAt: null });
    if (!written.ok) throw new Error("an anonymous guest has nothing that could be taken");
    return person;
  };
}
