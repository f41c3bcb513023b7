import { randomInt, timingSafeEqual } from "node:crypto";
import { addSeconds, type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { holderFor } from "../domain/token-policy.ts";
import { CODE_SECONDS, CODES, codeOf } from "../domain/verification.ts";
import type { SendMail } from "../gateways/mailer.ts";
import { findPerson, type People } from "../storage/people.ts";
import { markEmailVerified } from "../storage/person-privacy.ts";
import { type CodeOwner, countTry, replaceCode, useCode } from "../storage/verifications.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";

/** What somebody is told of the code that was sent. */
export type SentCode = { readonly sentTo: string; readonly expiresInSeconds: number };

/** Sends a code to the e-mail of a person, for the token that asks. `unknown`: nobody there, or nobody with an e-mail. */
export type SendCode = (owner: CodeOwner) => Promise<Result<SentCode, "unknown" | "no-mailer">>;

/** Trades a code for tokens that prove who somebody is. */
export type ConfirmCode = (owner: CodeOwner, code: string) => Promise<Result<TokenPair, "wrong-code">>;

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  readonly log: { readonly error: (record: object, message: string) => void };
  readonly sendMail: SendMail | null;
  readonly beginSession: BeginSession;
};

export function makeSendCode({ people, clock, log, sendMail }: Deps): SendCode {
  return async function sendCode(owner) {
    const person = await findPerson(people, owner.personId);
    if (person?.role !== "customer" || person.profile === null) return refuse("unknown");
    if (sendMail === null) return refuse("no-mailer");
    const code = codeOf(randomInt(CODES));
    const digest = digestOf(people, owner, code);
    await replaceCode(people.db, owner, { digest, expiresAt: addSeconds(clock.now(), CODE_SECONDS) });
    const { email } = person.profile;
    // Beside the request: how long a mail server takes says whether an address is good. The error may quote the address.
    sendMail({
      to: email.reveal(),
      subject: `${code} é o seu código da Comanda`,
      text: `Seu código é ${code}. Ele vale por 10 minutos, uma única vez.\nSe não foi você que pediu, ignore esta mensagem.`,
    }).catch(() => log.error({ person: person.id }, "a verification code could not be sent"));
    return ok({ sentTo: email.masked, expiresInSeconds: CODE_SECONDS });
  };
}

export function makeConfirmCode({ people, clock, beginSession }: Deps): ConfirmCode {
  return async function confirmCode(owner, code) {
    const now = clock.now();
    // Counted before it is compared: of many guesses at once no more than five are looked at.
    const tried = await countTry(people.db, owner, now);
    if (tried === null || !timingSafeEqual(tried.digest, digestOf(people, owner, code))) return refuse("wrong-code");
    if (!(await useCode(people.db, tried.id, now))) return refuse("wrong-code");
    const person = await findPerson(people, owner.personId);
    if (person?.role !== "customer" || person.profile === null) return refuse("wrong-code");
    await markEmailVerified(people, person.id, now);
    return ok(await beginSession(holderFor(person)));
  };
}

function digestOf({ personalData }: People, owner: CodeOwner, code: string): Buffer {
  return personalData.index("verification", JSON.stringify([owner.personId, owner.sessionId, code]));
}
