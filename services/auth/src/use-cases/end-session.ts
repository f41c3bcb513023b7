import { addSeconds } from "@comanda/primitives";
import { LIFETIME_MAX_S } from "../domain/token-policy.ts";
import { lockPerson } from "../storage/people.ts";
import { insertRevocations } from "../storage/revocations.ts";
import { type Db, endSessions } from "../storage/sessions.ts";

// The list outlives the tokens it speaks of, for the clocks of other machines may be late (reliability OP-48).
const CLOCK_DIFFERENCE_S = 300;

/** Takes one access token back, as a part of the transaction `tx`. */
export async function revokeAccessToken(
  tx: Db,
  token: { readonly tokenId: string; readonly expiresAt: Date },
): Promise<void> {
  await insertRevocations(tx, [listed(token)]);
}

/** Ends one session as a part of the transaction `tx`: nothing renews it, and its access tokens are taken back. */
export async function endSession(tx: Db, id: string, now: Date): Promise<void> {
  const alive = await endSessions(tx, { id }, now);
  await insertRevocations(tx, alive.map(listed));
}

/** Ends what somebody began by PIN at a device. */
export async function endSessionsAt(tx: Db, deviceId: string, now: Date): Promise<void> {
  const alive = await endSessions(tx, { deviceId }, now);
  await insertRevocations(tx, alive.map(listed));
}

/** Ends every session of somebody, and takes back every token of theirs that was issued up to now, in a session or not. */
export async function endAllOf(tx: Db, subject: string, now: Date): Promise<void> {
  // A sign-in may be half done: it begins its session before this, and is ended with the others, or sees what changed.
  await lockPerson(tx, subject);
  // A renewal may have been under way and its token be younger than `now`: those are taken back one by one.
  const alive = await endSessions(tx, { subject }, now);
  const expiresAt = addSeconds(now, LIFETIME_MAX_S + CLOCK_DIFFERENCE_S);
  await insertRevocations(tx, [{ kind: "subject", subject, notBefore: now, expiresAt }, ...alive.map(listed)]);
}

/** Ends what somebody began by PIN, at whatever screen. */
export async function endPinSessionsOf(tx: Db, personId: string, now: Date): Promise<void> {
  await lockPerson(tx, personId);
  const alive = await endSessions(tx, { pinOf: personId }, now);
  await insertRevocations(tx, alive.map(listed));
}

/**
 * Ends the sessions of somebody but the one that they are in, `keep`. Without one, every token of theirs is taken back.
 * A token outside of any session is as good as the one it was made for: that of a registration has the person's own id.
 */
export async function endOthersOf(
  tx: Db,
  whose: { readonly subject: string; readonly keep: string | null },
  now: Date,
): Promise<void> {
  if (whose.keep === null) return endAllOf(tx, whose.subject, now);
  await lockPerson(tx, whose.subject);
  const alive = await endSessions(tx, { subject: whose.subject, except: whose.keep }, now);
  const expiresAt = addSeconds(now, LIFETIME_MAX_S);
  await insertRevocations(tx, [...alive, { tokenId: whose.subject, expiresAt }].map(listed));
}

function listed({ tokenId, expiresAt }: { readonly tokenId: string; readonly expiresAt: Date }) {
  return { kind: "token", tokenId, expiresAt: addSeconds(expiresAt, CLOCK_DIFFERENCE_S) } as const;
}
