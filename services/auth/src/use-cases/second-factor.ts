import { createHmac, randomBytes } from "node:crypto";
import { type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { RECOVERY_CODES, readRecoveryCode, recoveryCodeOf } from "../domain/recovery-code.ts";
import { findPerson, type People } from "../storage/people.ts";
import { lockPersonKey, personKeyOf } from "../storage/person-secrets.ts";
import {
  confirmSecondFactor,
  countRecoveryCodes,
  findSecondFactor,
  offerSecondFactor,
  removeSecondFactor,
  replaceRecoveryCodes,
  spendRecoveryCode,
  spendStep,
} from "../storage/second-factors.ts";
import { type Db, findSessionIdOfAccessToken, markSessionProof } from "../storage/sessions.ts";
import { actAndNote, type NoteAct } from "./act-and-note.ts";
import { endAllOf, endOthersOf } from "./end-session.ts";
import { findTotpStep, newTotpSecret } from "./totp.ts";

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
};

/** The second factor of staff: set up, used, given up. */
export type SecondFactors = {
  /** `null` for somebody who is not there. */
  readonly read: (personId: string) => Promise<{ readonly enabledAt: Date | null; readonly codesLeft: number } | null>;
  /** Gives a secret to be put into an authenticator app; it counts once a code of it was shown. */
  readonly begin: (personId: string, note: NoteAct) => Promise<Result<Buffer, "in-use">>;
  /**
   * Takes the secret into use and gives the recovery codes. The session it is done in counts as one with a second factor
   * from its next renewal on; every other one ends.
   */
  readonly confirm: (given: {
    readonly personId: string;
    readonly code: string;
    readonly tokenId: string;
    readonly note: NoteAct;
  }) => Promise<Result<readonly string[], "wrong-code" | "not-begun" | "in-use">>;
  /** Whether somebody has to show a code. */
  readonly isEnabled: (personId: string) => Promise<boolean>;
  /** Whether a one-time or recovery code is good; it is spent by being asked about. */
  readonly spend: (personId: string, code: string) => Promise<boolean>;
  /** New recovery codes in place of the old ones. */
  readonly renewCodes: (personId: string, note: NoteAct) => Promise<readonly string[]>;
  /** Removes the factor and ends every session of theirs; says no when there is none. */
  readonly remove: (personId: string, note: NoteAct) => Promise<boolean>;
};

export function makeSecondFactors(deps: Deps): SecondFactors {
  const { people, clock, noteRevocations } = deps;
  const { db } = people;

  async function secretOf(personId: string): Promise<{ readonly secret: Buffer; readonly isEnabled: boolean } | null> {
    const factor = await findSecondFactor(db, personId);
    if (factor === null) return null;
    const key = personKeyOf(people, personId, factor.dataKey);
    const secret = Buffer.from(key.open("totp", factor.secretSealed), "base64");
    return { secret, isEnabled: factor.confirmedAt !== null };
  }

  return {
    read: async (personId) => {
      if ((await findPerson(people, personId)) === null) return null;
      const factor = await findSecondFactor(db, personId);
      return { enabledAt: factor?.confirmedAt ?? null, codesLeft: await countRecoveryCodes(db, personId) };
    },
    begin: async (personId, note) => {
      const secret = newTotpSecret();
      const written = await actAndNote(db, {
        act: async (tx) => {
          const key = await lockPersonKey({ ...people, db: tx }, personId);
          const secretSealed = key.seal("totp", secret.toString("base64"));
          return offerSecondFactor(tx, { personId, secretSealed, at: clock.now() });
        },
        hadEffect: (outcome) => outcome === "offered",
        note: (tx) => note(tx, personId),
      });
      return written === "offered" ? ok(secret) : refuse("in-use");
    },
    confirm: async ({ personId, code, tokenId, note }) => {
      const factor = await secretOf(personId);
      if (factor === null) return refuse("not-begun");
      if (factor.isEnabled) return refuse("in-use");
      const now = clock.now();
      const step = findTotpStep(factor.secret, code, now);
      if (step === null) return refuse("wrong-code");
      const { secret } = factor;
      const codes = await db.transaction().execute(async (tx) => {
        if (!(await takeIntoUse(tx, { personId, tokenId, step }, now))) return null;
        return newCodes(tx, { personId, secret, note });
      });
      if (codes === null) return refuse("in-use");
      await noteRevocations();
      return ok(codes);
    },
    isEnabled: async (personId) => (await findSecondFactor(db, personId))?.confirmedAt != null,
    spend: async (personId, code) => {
      const factor = await secretOf(personId);
      if (factor === null || !factor.isEnabled) return false;
      const step = findTotpStep(factor.secret, code, clock.now());
      if (step !== null) return spendStep(db, personId, step);
      const recoveryCode = readRecoveryCode(code);
      if (recoveryCode === null) return false;
      const digest = digestOf(factor.secret, recoveryCode);
      return spendRecoveryCode(db, { personId, digest }, clock.now());
    },
    renewCodes: async (personId, note) => {
      const factor = await secretOf(personId);
      if (factor === null) throw new Error("recovery codes are for those with a second factor");
      return db.transaction().execute((tx) => newCodes(tx, { personId, secret: factor.secret, note }));
    },
    remove: async (personId, note) => {
      const isRemoved = await db.transaction().execute(async (tx) => {
        if (!(await removeSecondFactor(tx, personId))) return false;
        await endAllOf(tx, personId, clock.now());
        await note(tx, personId);
        return true;
      });
      if (isRemoved) await noteRevocations();
      return isRemoved;
    },
  };
}

/** Says no when somebody else was faster, with this factor or with this code. */
async function takeIntoUse(
  tx: Db,
  shown: { readonly personId: string; readonly tokenId: string; readonly step: number },
  now: Date,
): Promise<boolean> {
  const { personId, tokenId, step } = shown;
  if (!(await confirmSecondFactor(tx, personId, now)) || !(await spendStep(tx, personId, step))) return false;
  const sessionId = await findSessionIdOfAccessToken(tx, tokenId);
  if (sessionId !== null) await markSessionProof(tx, sessionId, "mfa");
  await endOthersOf(tx, { subject: personId, keep: sessionId }, now);
  return true;
}

/** Gives new recovery codes, as the last thing that a transaction does. */
async function newCodes(
  tx: Db,
  given: { readonly personId: string; readonly secret: Buffer; readonly note: NoteAct },
): Promise<readonly string[]> {
  const { personId, secret, note } = given;
  const codes = Array.from({ length: RECOVERY_CODES }, () => recoveryCodeOf(randomBytes(16)));
  await replaceRecoveryCodes(
    tx,
    personId,
    codes.map((code) => digestOf(secret, code)),
  );
  await note(tx, personId);
  return codes;
}

/** Keyed by the sealed secret: who reads the table alone cannot try out what a code of ten letters may be. */
function digestOf(secret: Buffer, recoveryCode: string): Buffer {
  return createHmac("sha256", secret).update(`recovery-code/${recoveryCode}`, "utf8").digest();
}
