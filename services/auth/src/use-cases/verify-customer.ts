import { randomInt, timingSafeEqual } from "node:crypto";
import { addSeconds, type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { holderFor } from "../domain/token-policy.ts";
import { CODE_SECONDS, CODES, codeOf } from "../domain/verification.ts";
import { findRefusedLetter } from "../storage/letters.ts";
import { findPerson, type People } from "../storage/people.ts";
import { markEmailVerified } from "../storage/person-privacy.ts";
import { type CodeOwner, countTry, replaceCode, useCode } from "../storage/verifications.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";
import { readLetter, writeLetter } from "./post-letters.ts";
import { verificationLetter } from "./verification-letter.ts";

/** What somebody is told of the code that was sent. */
export type SentCode = { readonly sentTo: string; readonly expiresInSeconds: number };

/**
 * Sends a code to the e-mail of a person, for the token that asks. `unknown`: nobody there, or nobody with an e-mail;
 * `address-refused`: the mail server has refused the last letter to that address.
 */
export type SendCode = (owner: CodeOwner) => Promise<Result<SentCode, "unknown" | "no-mailer" | "address-refused">>;

/** Trades a code for tokens that prove who somebody is. */
export type ConfirmCode = (owner: CodeOwner, code: string) => Promise<Result<TokenPair, "wrong-code">>;

type Deps = { readonly people: People; readonly clock: Clock };

/** @param deps.wakePost says that there is a letter to be sent; `null` when there is no way to send any */
export function makeSendCode(
  deps: Deps & { readonly shopName: string; readonly wakePost: (() => void) | null },
): SendCode {
  const { people, clock, shopName, wakePost } = deps;
  return async function sendCode(owner) {
    const person = await findPerson(people, owner.personId);
    if (person?.role !== "customer" || person.profile === null) return refuse("unknown");
    if (wakePost === null) return refuse("no-mailer");
    const now = clock.now();
    const { email } = person.profile;
    const refused = await findRefusedLetter(people, owner, now);
    if (refused !== null && readLetter(refused).to === email.reveal()) {
      return refuse("address-refused");
    }
    const code = codeOf(randomInt(CODES));
    const letter = { to: email.reveal(), ...verificationLetter({ shopName, code, seconds: CODE_SECONDS }) };
    await replaceCode(people, owner, {
      digest: digestOf(people, owner, code),
      writtenAt: now,
      expiresAt: addSeconds(now, CODE_SECONDS),
      letter: writeLetter(letter),
    });
    wakePost();
    return ok({ sentTo: email.masked, expiresInSeconds: CODE_SECONDS });
  };
}

export function makeConfirmCode(deps: Deps & { readonly beginSession: BeginSession }): ConfirmCode {
  const { people, clock, beginSession } = deps;
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
