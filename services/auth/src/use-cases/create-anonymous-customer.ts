import { type Clock, newId, type Result, refuse } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";
import type { People } from "../storage/people.ts";
import { type Created, createPersonOnce, type RequestKey } from "./create-person-once.ts";

/** Begins the visit of a guest who gives nothing: one insert, on the way of every totem order. */
export type CreateAnonymousCustomer = (given: {
  readonly requestKey: RequestKey | null;
}) => Promise<Result<Created, "idempotency-key-reused">>;

export function makeCreateAnonymousCustomer(deps: {
  readonly people: People;
  readonly clock: Clock;
}): CreateAnonymousCustomer {
  return async function createAnonymousCustomer({ requestKey }) {
    const createdAt = deps.clock.now();
    const person: Person = { id: newId(), createdAt, role: "customer", level: "anonymous", profile: null };
    const newPerson = { person, passwordHash: null, consentedAt: null };
    const created = await createPersonOnce(deps.people, { newPerson, requestKey, content: [] });
    if (created.ok) return created;
    if (created.refusal === "idempotency-key-reused") return refuse(created.refusal);
    throw new Error("an anonymous guest has nothing that could be taken");
  };
}
