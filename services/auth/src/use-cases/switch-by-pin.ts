import { type Clock, newId, ok, type Result, refuse } from "@comanda/primitives";
import { PIN_ATTEMPTS } from "../domain/attempts.ts";
import type { Person, StaffRole } from "../domain/person.ts";
import { lesserRole } from "../domain/staff-rank.ts";
import { lockActiveDevice } from "../storage/devices.ts";
import { findPerson, type People } from "../storage/people.ts";
import { endWrongRow, findPinHash } from "../storage/pins.ts";
import { insertSession } from "../storage/sessions.ts";
import { isDisabled, shareStaffMember } from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import { makeCountWrongPin } from "./count-wrong-pin.ts";
import { endSessionsAt } from "./end-session.ts";
import type { GuardAttempts, Verdict } from "./guard-attempts.ts";
import type { AccessToken, IssueAccessToken } from "./issue-access-token.ts";
import type { PasswordHasher } from "./password-hasher.ts";

type Refusal = { readonly why: "wrong-pin" } | { readonly why: "too-early"; readonly waitSeconds: number };
type StaffMember = Person & { readonly role: StaffRole };

/**
 * Lets somebody take over a paired screen by PIN: a short session without renewal, with no more rights than the screen
 * allows. Whoever was there before is out. Wrong PINs are counted by person and device, which makes them slow, and by
 * person, which ends the PIN: `onEnded` writes that down, in the transaction that does it.
 */
export type SwitchByPin = (given: {
  readonly personId: string;
  readonly pin: string;
  readonly device: { readonly id: string; readonly role: StaffRole };
  readonly agent: string | null;
  readonly onEnded: NoteAct;
}) => Promise<Result<AccessToken, Refusal>>;

type Deps = {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly guardAttempts: GuardAttempts;
  readonly noteRevocations: () => Promise<void>;
};

export function makeSwitchByPin(deps: Deps & { readonly issueAccessToken: IssueAccessToken }): SwitchByPin {
  const { people, clock, guardAttempts, issueAccessToken, noteRevocations } = deps;
  const countWrongPin = makeCountWrongPin({ db: people.db, clock, noteRevocations });

  return async function switchByPin({ personId, pin, device, agent, onEnded }) {
    const key = people.personalData.index("account", JSON.stringify(["pin", personId, device.id]));
    const verdict = await guardAttempts(key, PIN_ATTEMPTS, async () => {
      const looked = await lookAt(deps, personId, pin);
      if (looked.outcome === "wrong") await countWrongPin(personId, onEnded);
      return looked;
    });
    if (verdict.outcome === "too-early") return refuse({ why: "too-early", waitSeconds: verdict.waitSeconds });
    if (verdict.outcome !== "right") return refuse({ why: "wrong-pin" });
    const role = lesserRole(verdict.value.person.role, device.role);
    const now = clock.now();
    const id = newId();
    // The token has the id of its session: there is no renewal by which the two could be told to belong together.
    const token = await issueAccessToken({ kind: "staff", id: personId, role, proof: "pin" }, { id, begunAt: now });
    const isBegun = await people.db.transaction().execute(async (tx) => {
      if (!(await holds({ ...people, db: tx }, verdict.value)) || !(await lockActiveDevice(tx, device.id)))
        return false;
      await endSessionsAt(tx, device.id, now);
      const subject = { kind: "person", id: personId } as const;
      const times = { createdAt: now, lastUsedAt: now, expiresAt: token.expiresAt, endedAt: null };
      await insertSession(tx, { id, subject, ...times, proof: "pin", agent, deviceId: device.id });
      await endWrongRow(tx, personId);
      return true;
    });
    if (!isBegun) return refuse({ why: "wrong-pin" });
    await noteRevocations();
    return ok(token);
  };
}

type Looked = { readonly person: StaffMember; readonly hash: string };

/** Hashing takes its time: who was kept out, demoted or given another PIN meanwhile does not come in. */
async function holds(people: People, { person, hash }: Looked): Promise<boolean> {
  const standing = await shareStaffMember(people.db, person.id);
  return (
    standing?.isActive === true && standing.role === person.role && (await findPinHash(people, person.id)) === hash
  );
}

async function lookAt({ people, passwords }: Deps, personId: string, pin: string): Promise<Verdict<Looked>> {
  const hash = await findPinHash(people, personId);
  const person = hash === null ? null : await findPerson(people, personId);
  if (hash === null || person === null || person.role === "customer") {
    await passwords.verifyNothing(pin);
    return { outcome: "wrong" };
  }
  const isRight = await passwords.verify(hash, pin);
  if (!isRight || (await isDisabled(people.db, personId))) return { outcome: "wrong" };
  return { outcome: "right", value: { person: { ...person, role: person.role }, hash } };
}
