import { addSeconds, type Clock, ok, type Result, refuse } from "@comanda/primitives";
import type { Cpf } from "../domain/cpf.ts";
import type { Email } from "../domain/email.ts";
import type { Person, Profile } from "../domain/person.ts";
import type { People, Taken } from "../storage/people.ts";
import { replaceProfile } from "../storage/person-privacy.ts";
import type { Db } from "../storage/sessions.ts";
import { keepNotice } from "../storage/verifications.ts";
import { writeLetter } from "./post-letters.ts";

/** What is corrected; what is absent stays. */
export type Correction = {
  readonly name?: string | undefined;
  readonly email?: Email | undefined;
  readonly cpf?: Cpf | undefined;
};

/**
 * Corrects what is held of a person. Only an administrator changes a CPF that is there: it is how they are recognised.
 * Who changes their own e-mail is told so at the former one, for it may not have been them.
 */
export type CorrectCustomer = (given: {
  readonly id: string;
  readonly correction: Correction;
  readonly isAdmin: boolean;
}) => Promise<Result<Person, Taken | "unknown" | "cpf-fixed">>;

/** How long the mail server is tried with that letter, in seconds. */
const NOTICE_SECONDS = 86_400;

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  /** Says that there is a letter to be sent; `null` when there is no way to send any. */
  readonly wakePost: (() => void) | null;
};

export function makeCorrectCustomer(deps: Deps): CorrectCustomer {
  const { people, wakePost } = deps;
  return async function correctCustomer({ id, correction, isAdmin }) {
    const isTold = wakePost !== null && !isAdmin;
    const corrected = await replaceProfile<"cpf-fixed">(people, id, {
      decide: (profile) => {
        const { name = profile.name, email = profile.email, cpf = profile.cpf } = correction;
        const isOtherCpf = profile.cpf !== null && cpf?.reveal() !== profile.cpf.reveal();
        if (isOtherCpf && !isAdmin) return refuse("cpf-fixed");
        const next: Profile = { name, email, cpf };
        return ok(next);
      },
      onOtherEmail: async (tx, former) => {
        if (isTold) await tellFormerAddress(deps, tx, { personId: id, former });
      },
    });
    if (corrected.ok && isTold) wakePost();
    return corrected;
  };
}

async function tellFormerAddress(
  { people, clock }: Deps,
  tx: Db,
  { personId, former }: { readonly personId: string; readonly former: Profile },
): Promise<void> {
  const now = clock.now();
  const letter = {
    to: former.email.reveal(),
    subject: "O e-mail do seu cadastro foi trocado",
    text: "O cadastro que tinha este e-mail agora tem outro. Se foi você, ignore esta mensagem.\nSe não foi, peça ajuda no balcão: um administrador corrige o cadastro.\n\nThe account that had this e-mail has another now. If that was not you, ask at the counter.",
  };
  await keepNotice({ ...people, db: tx }, personId, {
    writtenAt: now,
    expiresAt: addSeconds(now, NOTICE_SECONDS),
    letter: writeLetter(letter),
  });
}
