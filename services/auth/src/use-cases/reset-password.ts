import { addSeconds, type Clock } from "@comanda/primitives";
import type { Person } from "../domain/person.ts";
import { findPerson, type People } from "../storage/people.ts";
import { removePin } from "../storage/pins.ts";
import { digestOf, newRefreshToken as newCode } from "../storage/refresh-secret.ts";
import {
  findPasswordReset,
  lockStaffMember,
  setPasswordHash,
  takePasswordReset,
  writePasswordReset,
} from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import { endAllOf } from "./end-session.ts";
import type { PasswordHasher } from "./password-hasher.ts";

const GOOD_FOR_S = 86_400;

/** How somebody of the shop who forgot their password gets another: an administrator gives them a code. */
export type PasswordResets = {
  /** From now on the old password and the PIN are worth nothing, every session is over, and the code is good once, for a day. */
  readonly begin: (
    personId: string,
    note: NoteAct,
  ) => Promise<{ readonly code: string; readonly expiresAt: Date } | null>;
  /** Whom a code is for; `null` when it is good for nothing. */
  readonly find: (code: string) => Promise<Person | null>;
  readonly redeem: (given: {
    readonly person: Person;
    readonly code: string;
    readonly password: string;
    readonly note: NoteAct;
  }) => Promise<boolean>;
};

export function makePasswordResets(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
}): PasswordResets {
  const { people, passwords, clock, noteRevocations } = deps;
  return {
    begin: async (personId, note) => {
      const code = newCode();
      const now = clock.now();
      const expiresAt = addSeconds(now, GOOD_FOR_S);
      const isBegun = await people.db.transaction().execute(async (tx) => {
        if ((await lockStaffMember(tx, personId)) === null) return false;
        await setPasswordHash(tx, personId, null);
        await writePasswordReset(tx, { personId, codeDigest: digestOf(code), expiresAt });
        // Whoever came in as them may have given them a PIN of their own.
        await removePin(tx, personId);
        await endAllOf(tx, personId, now);
        await note(tx, personId);
        return true;
      });
      if (!isBegun) return null;
      await noteRevocations();
      return { code, expiresAt };
    },
    find: async (code) => {
      const personId = await findPasswordReset(people.db, digestOf(code), clock.now());
      return personId === null ? null : findPerson(people, personId);
    },
    redeem: async ({ person, code, password, note }) => {
      const hash = await passwords.hash(password);
      return people.db.transaction().execute(async (tx) => {
        if (!(await takePasswordReset(tx, digestOf(code), clock.now()))) return false;
        await setPasswordHash(tx, person.id, hash);
        await note(tx, person.id);
        return true;
      });
    },
  };
}
