import type { Clock } from "@comanda/primitives";
import type { Consent } from "../domain/consent.ts";
import type { Person } from "../domain/person.ts";
import type { ReadHeld } from "../gateways/other-services.ts";
import { listConsents } from "../storage/consents.ts";
import { findPerson, type People } from "../storage/people.ts";
import { listSignIns, readPersonFacts, type SeenSession } from "../storage/person-privacy.ts";
import { listActsOf, type SeenAct } from "../storage/person-trail.ts";

/** Everything that is held about a person, in all services (LGPD art. 18 II and V). */
export type CustomerExport = {
  readonly generatedAt: Date;
  readonly person: Person;
  readonly emailVerifiedAt: Date | null;
  readonly hasPassword: boolean;
  readonly consents: readonly Consent[];
  readonly sessions: readonly SeenSession[];
  readonly acts: readonly SeenAct[];
  readonly orders: readonly unknown[];
  readonly payments: readonly unknown[];
};

/**
 * `null` when there is no such person. With `withRecognised` also what was ordered by typing their CPF: for the shop, which
 * sees who asks; an account's CPF is only what its owner said.
 * @throws ServiceAwayError when another service does not answer: all or nothing
 */
export type ExportCustomer = (
  id: string,
  options: { readonly withRecognised: boolean },
) => Promise<CustomerExport | null>;

export function makeExportCustomer(deps: {
  readonly people: People;
  readonly clock: Clock;
  readonly readHeld: ReadHeld;
}): ExportCustomer {
  const { people, clock, readHeld } = deps;
  return async function exportCustomer(id, { withRecognised }) {
    const person = await findPerson(people, id);
    const facts = person === null ? null : await readPersonFacts(people, id);
    if (person === null || facts === null) return null;
    const [consents, sessions, acts, orders, payments] = await Promise.all([
      listConsents(people.db, id),
      listSignIns(people.db, id),
      listActsOf(people.db, id),
      readHeld("order", { personId: id, withRecognised }),
      readHeld("payment", { personId: id, withRecognised }),
    ]);
    return { generatedAt: clock.now(), person, ...facts, consents, sessions, acts, orders, payments };
  };
}
