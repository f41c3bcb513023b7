import { createHmac, randomBytes } from "node:crypto";
import { addSeconds, type Clock, ok, type Result, refuse } from "@comanda/primitives";
import { SIGN_IN_ATTEMPTS } from "../domain/attempts.ts";
import { RECOVERY_CODES, readRecoveryCode, recoveryCodeOf } from "../domain/recovery-code.ts";
import { findPerson, lockPerson, type People } from "../storage/people.ts";
import { lockPersonKey, personKeyOf } from "../storage/person-secrets.ts";
import { removePin } from "../storage/pins.ts";
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
import type { GuardAttempts, Guarded } from "./guard-attempts.ts";
import { findTotpStep, newTotpSecret } from "./totp.ts";

/** How long a secret may wait for the first code of it, in seconds: as long as it takes to put it into a telephone. */
const OFFER_S = 600;

type OpenedFactor = { readonly secret: Buffer; readonly isEnabled: boolean; readonly offeredAt: Date };
type Confirmation = {
  readonly personId: string;
  readonly code: string;
  readonly tokenId: string;
  readonly note: NoteAct;
};
type Confirmed = Result<readonly string[], "wrong-code" | "not-begun" | "in-use">;

type Deps = {
  readonly people: People;
  readonly clock: Clock;
  readonly guardAttempts: GuardAttempts;
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
  readonly confirm: (given: Confirmation) => Promise<Guarded<Confirmed>>;
  /** Whether somebody has to show a code. */
  readonly isEnabled: (personId: string) => Promise<boolean>;
  /** Whether a one-time or recovery code is good; it is spent by being asked about. */
  readonly spend: (personId: string, code: string) => Promise<boolean>;
  /** New recovery codes in place of the old ones. */
  readonly renewCodes: (personId: string, note: NoteAct) => Promise<readonly string[]>;
  /** Removes the factor and the PIN, and ends every session of theirs; says no when there is no factor. */
  readonly remove: (personId: string, note: NoteAct) => Promise<boolean>;
};

export function makeSecondFactors(deps: Deps): SecondFactors {
  const { people, clock, guardAttempts, noteRevocations } = deps;
  const { db } = people;

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
    confirm: async (given) => {
      const key = people.personalData.index("account", JSON.stringify(["mfa-confirm", given.personId]));
      return guardAttempts(key, SIGN_IN_ATTEMPTS, async () => {
        const confirmed = await db
          .transaction()
          .execute((tx) => confirm({ ...deps, people: { ...people, db: tx } }, given));
        if (!confirmed.ok && confirmed.refusal === "wrong-code") return { outcome: "wrong", of: "code" };
        if (confirmed.ok) await noteRevocations();
        return { outcome: confirmed.ok ? "right" : "void", value: confirmed };
      });
    },
    isEnabled: async (personId) => (await findSecondFactor(db, personId))?.confirmedAt != null,
    spend: async (personId, code) => {
      const factor = await openFactor(people, personId);
      if (factor === null || !factor.isEnabled) return false;
      const step = findTotpStep(factor.secret, code, clock.now());
      if (step !== null) return spendStep(db, personId, step);
      const recoveryCode = readRecoveryCode(code);
      if (recoveryCode === null) return false;
      const digest = digestOf(factor.secret, recoveryCode);
      return spendRecoveryCode(db, { personId, digest }, clock.now());
    },
    renewCodes: async (personId, note) => {
      const factor = await openFactor(people, personId);
      if (factor === null) throw new Error("recovery codes are for those with a second factor");
      return db.transaction().execute((tx) => newCodes(tx, { personId, secret: factor.secret, note }));
    },
    remove: async (personId, note) => {
      const isRemoved = await db.transaction().execute(async (tx) => {
        await lockPerson(tx, personId);
        if (!(await removeSecondFactor(tx, personId))) return false;
        // It was set in a session that had shown this factor: whoever holds the telephone now may know both.
        await removePin(tx, personId);
        await endAllOf(tx, personId, clock.now());
        await note(tx, personId);
        return true;
      });
      if (isRemoved) await noteRevocations();
      return isRemoved;
    },
  };
}

async function openFactor(people: People, personId: string): Promise<OpenedFactor | null> {
  const factor = await findSecondFactor(people.db, personId);
  if (factor === null) return null;
  const key = personKeyOf(people, personId, factor.dataKey);
  const secret = Buffer.from(key.open("totp", factor.secretSealed), "base64");
  return { secret, isEnabled: factor.confirmedAt !== null, offeredAt: factor.offeredAt };
}

/** In the transaction of `people.db`: what was offered stays what it is, for the recovery codes are made of it. */
async function confirm(
  { people, clock }: Pick<Deps, "people" | "clock">,
  { personId, code, tokenId, note }: Confirmation,
): Promise<Confirmed> {
  const { db: tx } = people;
  await lockPerson(tx, personId);
  const factor = await openFactor(people, personId);
  if (factor?.isEnabled) return refuse("in-use");
  const now = clock.now();
  if (factor === null || now >= addSeconds(factor.offeredAt, OFFER_S)) return refuse("not-begun");
  const step = findTotpStep(factor.secret, code, now);
  if (step === null) return refuse("wrong-code");
  if (!(await takeIntoUse(tx, { personId, tokenId, step }, now))) return refuse("in-use");
  return ok(await newCodes(tx, { personId, secret: factor.secret, note }));
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
