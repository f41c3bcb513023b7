import type { Clock } from "@comanda/primitives";
import type { People } from "../storage/people.ts";
import { findSessionIdOfAccessToken } from "../storage/sessions.ts";
import { setPasswordHash } from "../storage/staff.ts";
import type { NoteAct } from "./act-and-note.ts";
import type { ConfirmPassword } from "./confirm-password.ts";
import { endOthersOf } from "./end-session.ts";
import type { Guarded } from "./guard-attempts.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Changes somebody's own password, who knows the present one; every session but the one they are in ends (AU-08). */
export type ChangePassword = (given: {
  readonly personId: string;
  readonly tokenId: string;
  readonly current: string;
  readonly next: string;
  readonly note: NoteAct;
}) => Promise<Guarded<null>>;

export function makeChangePassword(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly confirmPassword: ConfirmPassword;
  readonly noteRevocations: () => Promise<void>;
}): ChangePassword {
  const { people, passwords, clock, confirmPassword, noteRevocations } = deps;

  return async function changePassword({ personId, tokenId, current, next, note }) {
    const confirmed = await confirmPassword(personId, { password: current });
    if (confirmed.outcome !== "right") return confirmed;
    const hash = await passwords.hash(next);
    await people.db.transaction().execute(async (tx) => {
      await setPasswordHash(tx, personId, hash);
      const keep = await findSessionIdOfAccessToken(tx, tokenId);
      await endOthersOf(tx, { subject: personId, keep }, clock.now());
      await note(tx, personId);
    });
    await noteRevocations();
    return confirmed;
  };
}
