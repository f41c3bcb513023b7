import { randomInt, timingSafeEqual } from "node:crypto";
import { addSeconds, type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { afterFailure, CODE_ATTEMPTS, secondsToWait } from "../domain/attempts.ts";
import { CODE_SECONDS, CODES, codeOf } from "../domain/verification.ts";
import { findAttempts, forgetAttempts, lockAttempts, writeAttempts } from "../storage/failed-attempts.ts";
import { findRefusedLetter } from "../storage/letters.ts";
import { findPerson, type People } from "../storage/people.ts";
import { lockPersonFacts, markEmailVerified } from "../storage/person-privacy.ts";
import { type Db, findSessionIdOfAccessToken } from "../storage/sessions.ts";
import { setPasswordHash } from "../storage/staff.ts";
import { type CodeOwner, countTry, replaceCode, useCode } from "../storage/verifications.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";
import { endOthersOf } from "./end-session.ts";
import { readLetter, writeLetter } from "./post-letters.ts";
import { verificationLetter } from "./verification-letter.ts";

/** What somebody is told of the code that was sent. */
export type SentCode = { readonly sentTo: string; readonly expiresInSeconds: number };

/**
 * Sends a code to the e-mail of a person, for the token that asks. `unknown`: nobody there, or nobody with an e-mail;
 * `address-refused`: the mail server has refused the last letter to that address.
 */
export type SendCode = (owner: CodeOwner) => Promise<Result<SentCode, "unknown" | "no-mailer" | "address-refused">>;

/** Who tries a code: the owner, how sure auth was of them before, and the paired device at which they stand. */
export type CodeBearer = CodeOwner & {
  readonly level: "identified" | "registered" | "anonymous" | null;
  readonly deviceId: string | null;
};

/** Why a code is no good; `isLastOfDay` with the wrong one after which no more are looked at. */
export type CodeRefusal =
  | { readonly why: "wrong-code"; readonly isLastOfDay: boolean }
  | { readonly why: "too-many-wrong"; readonly waitSeconds: number };

/** The tokens, and whether there is a password to sign in with from now on. */
export type Proven = TokenPair & { readonly hasPassword: boolean };

/** Trades a code for tokens that prove who somebody is. */
export type ConfirmCode = (bearer: CodeBearer, code: string) => Promise<Result<Proven, CodeRefusal>>;

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

type ConfirmDeps = Deps & { readonly beginSession: BeginSession; readonly noteRevocations: () => Promise<void> };

/**
 * Makes the check. Wrong codes are counted by the day, apart for who only showed a CPF, for each totem at which they did,
 * and for who is signed in: strangers who know a CPF use up nobody's tries but those of strangers.
 */
export function makeConfirmCode(deps: ConfirmDeps): ConfirmCode {
  const { people, clock } = deps;
  const { db } = people;
  return async function confirmCode(bearer, code) {
    const now = clock.now();
    const { personId, level, deviceId } = bearer;
    const key = people.personalData.index("account", JSON.stringify(["code", personId, level, deviceId]));
    const waitSeconds = secondsToWait(await findAttempts(db, key), CODE_ATTEMPTS, now);
    if (waitSeconds > 0) return refuse({ why: "too-many-wrong", waitSeconds });
    // Counted before it is compared: of many guesses at once no more than five are looked at.
    const tried = await countTry(db, bearer, now);
    if (tried === null) return refuse(WRONG);
    if (!timingSafeEqual(tried.digest, digestOf(people, bearer, code))) {
      return refuse({ why: "wrong-code", isLastOfDay: await countWrong(db, key, now) });
    }
    const proven = await db.transaction().execute((tx) => prove(deps, tx, { bearer, codeId: tried.id, now }));
    if (proven === null) return refuse(WRONG);
    await forgetAttempts(db, key);
    if (proven.isTakenOver) await deps.noteRevocations();
    return ok(proven);
  };
}

const WRONG = { why: "wrong-code", isLastOfDay: false } as const;

/** Counts a wrong code; whether it was the last that is looked at. */
function countWrong(db: Db, key: Buffer, now: Date): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const attempts = afterFailure(await lockAttempts(tx, key, now), CODE_ATTEMPTS, now);
    await writeAttempts(tx, key, attempts);
    return attempts.windowCount === CODE_ATTEMPTS.perWindowMax;
  });
}

/**
 * Signs in whoever holds the mailbox. An e-mail that nobody had proven may have been registered by a stranger, with a
 * password of theirs: when its owner comes by another way than that password, the password and every session that came
 * of it are over (docs/adr/0029). `null` when the code was used up in the meantime.
 */
async function prove(
  { people, beginSession }: ConfirmDeps,
  tx: Db,
  given: { readonly bearer: CodeBearer; readonly codeId: string; readonly now: Date },
): Promise<(Proven & { readonly isTakenOver: boolean }) | null> {
  const { bearer, codeId, now } = given;
  // The row first, as whoever changes the e-mail does: a code that went to a former one marks no other as proven.
  const before = await lockPersonFacts(tx, bearer.personId);
  if (before === null || !(await useCode(tx, codeId, now))) return null;
  const person = await findPerson({ ...people, db: tx }, bearer.personId);
  if (person?.role !== "customer" || person.profile === null) return null;
  // Who stands at a totem goes on standing there: the code is good only with the token that said so.
  const holder = { kind: "customer", id: person.id, level: person.level, deviceId: bearer.deviceId } as const;
  const pair = await beginSession(holder, { within: tx });
  await markEmailVerified(tx, person.id, now);
  const isTakenOver = before.emailVerifiedAt === null && bearer.level !== "registered";
  if (isTakenOver) {
    await setPasswordHash(tx, person.id, null);
    await endOthersOf(tx, { subject: person.id, keep: await findSessionIdOfAccessToken(tx, pair.id) }, now);
  }
  return { ...pair, hasPassword: before.hasPassword && !isTakenOver, isTakenOver };
}

function digestOf({ personalData }: People, owner: CodeOwner, code: string): Buffer {
  return personalData.index("verification", JSON.stringify([owner.personId, owner.sessionId, code]));
}
