import { holderFor } from "../domain/token-policy.ts";
import { shareSignIn } from "../storage/people.ts";
import { findSecondFactor } from "../storage/second-factors.ts";
import type { Db } from "../storage/sessions.ts";
import { isDisabled } from "../storage/staff.ts";
import type { BeginSession, TokenPair } from "./begin-session.ts";
import type { SignedIn } from "./sign-in.ts";

/**
 * Begins the session of somebody who has just proven who they are. Hashing takes its time, and in that time a password may
 * have been changed, a role taken away, somebody kept out: what the proof rests on is looked at once more, in the
 * transaction that begins the session. `null` when it does not hold any more.
 */
export type BeginSignedIn = (signedIn: SignedIn, agent: string | null) => Promise<TokenPair | null>;

export function makeBeginSignedIn(deps: { readonly db: Db; readonly beginSession: BeginSession }): BeginSignedIn {
  const { db, beginSession } = deps;
  return function beginSignedIn(signedIn, agent) {
    return db.transaction().execute(async (tx) => {
      if (!(await holds(tx, signedIn))) return null;
      return beginSession(holderFor(signedIn.person, signedIn.proof), { within: tx, agent });
    });
  };
}

async function holds(tx: Db, { person, proof, passwordHash }: SignedIn): Promise<boolean> {
  const now = await shareSignIn(tx, person.id);
  if (now?.passwordHash !== passwordHash || now.role !== person.role) return false;
  if (await isDisabled(tx, person.id)) return false;
  if (person.role === "customer") return true;
  const hasFactor = (await findSecondFactor(tx, person.id))?.confirmedAt != null;
  return hasFactor === (proof === "mfa");
}
