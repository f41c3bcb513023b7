import { addSeconds, type Clock } from "@comanda/primitives";
import { CODE_SECONDS } from "../domain/verification.ts";
import { findPerson, type People } from "../storage/people.ts";
import { lockPersonFacts, readPersonFacts } from "../storage/person-privacy.ts";
import { findSessionBeginning, findSessionIdOfAccessToken } from "../storage/sessions.ts";
import { setPasswordHash } from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import type { ConfirmPassword } from "./confirm-password.ts";
import { endOthersOf } from "./end-session.ts";
import type { Guarded } from "./guard-attempts.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/**
 * Changes somebody's own password, who knows the present one; every session but the one they are in ends (AU-08). A guest
 * who has none (registered without, or lost by taking their account back) chooses their first: `current` is `null`, and
 * they proved just now who they are, by registering or by a code.
 */
export type ChangePassword = (given: {
  readonly personId: string;
  readonly tokenId: string;
  readonly current: string | null;
  readonly next: string;
  readonly note: NoteAct;
}) => Promise<Guarded<null> | { readonly outcome: "proof-needed" }>;

/** How long a registration or a code counts as just now, in seconds: as long as a code is good. */
const FRESH_SECONDS = CODE_SECONDS;

type Deps = {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly confirmPassword: ConfirmPassword;
  readonly noteRevocations: () => Promise<void>;
};

export function makeChangePassword(deps: Deps): ChangePassword {
  const { people, passwords, clock, confirmPassword, noteRevocations } = deps;

  return async function changePassword({ personId, tokenId, current, next, note }) {
    const isFirst = current === null && (await mayChooseFirst(deps, { personId, tokenId }));
    if (current === null && !isFirst) return { outcome: "proof-needed" };
    if (current !== null) {
      const confirmed = await confirmPassword(personId, { password: current });
      if (confirmed.outcome !== "right") return confirmed;
    }
    const hash = await passwords.hash(next);
    const isChanged = await people.db.transaction().execute(async (tx) => {
      // Somebody else may have chosen one in the meantime.
      if (isFirst && (await lockPersonFacts(tx, personId))?.hasPassword !== false) return false;
      await setPasswordHash(tx, personId, hash);
      const keep = await findSessionIdOfAccessToken(tx, tokenId);
      await endOthersOf(tx, { subject: personId, keep }, clock.now());
      await note(tx, personId);
      return true;
    });
    if (!isChanged) return { outcome: "proof-needed" };
    await noteRevocations();
    return { outcome: "right", value: null };
  };
}

/** Whether this is a guest without a password, in a session that began just now; staff get theirs from an administrator. */
async function mayChooseFirst(
  { people, clock }: Deps,
  { personId, tokenId }: { readonly personId: string; readonly tokenId: string },
): Promise<boolean> {
  const person = await findPerson(people, personId);
  if (person?.role !== "customer" || person.profile === null) return false;
  if ((await readPersonFacts(people, personId))?.hasPassword !== false) return false;
  const sessionId = await findSessionIdOfAccessToken(people.db, tokenId);
  // The token of a registration has the person's own id and belongs to no session.
  const registeredAt = tokenId === personId ? person.createdAt : null;
  const begunAt = sessionId === null ? registeredAt : await findSessionBeginning(people.db, sessionId);
  return begunAt !== null && clock.now() < addSeconds(begunAt, FRESH_SECONDS);
}
