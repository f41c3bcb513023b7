import { ok, type Result, refuse } from "@comanda/primitives";
import type { Cpf } from "../domain/cpf.ts";
import type { Email } from "../domain/email.ts";
import type { Person, Profile } from "../domain/person.ts";
import type { People, Taken } from "../storage/people.ts";
import { replaceProfile } from "../storage/person-privacy.ts";

/** What is corrected; what is absent stays. */
export type Correction = {
  readonly name?: string | undefined;
  readonly email?: Email | undefined;
  readonly cpf?: Cpf | undefined;
};

/** Corrects what is held of a person. Only an administrator changes a CPF that is there: it is how they are recognised. */
export type CorrectCustomer = (given: {
  readonly id: string;
  readonly correction: Correction;
  readonly mayChangeCpf: boolean;
}) => Promise<Result<Person, Taken | "unknown" | "cpf-fixed">>;

export function makeCorrectCustomer({ people }: { readonly people: People }): CorrectCustomer {
  return async function correctCustomer({ id, correction, mayChangeCpf }) {
    return replaceProfile(people, id, (profile) => {
      const { name = profile.name, email = profile.email, cpf = profile.cpf } = correction;
      const isOtherCpf = profile.cpf !== null && cpf?.reveal() !== profile.cpf.reveal();
      if (isOtherCpf && !mayChangeCpf) return refuse("cpf-fixed");
      const corrected: Profile = { name, email, cpf };
      return ok(corrected);
    });
  };
}
