import type { Clock } from "@comanda/primitives";
import type { People } from "../storage/people.ts";
import { writePin } from "../storage/pins.ts";
import type { NoteAct } from "./act-and-note.ts";
import type { ConfirmPassword } from "./confirm-password.ts";
import { endPinSessionsOf } from "./end-session.ts";
import type { Guarded } from "./guard-attempts.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Gives oneself a PIN for the shop's screens, or another one; what was begun by the former ends. */
export type SetPin = (given: {
  readonly personId: string;
  readonly password: string;
  readonly pin: string;
  readonly note: NoteAct;
}) => Promise<Guarded<null>>;

export function makeSetPin(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly confirmPassword: ConfirmPassword;
  readonly noteRevocations: () => Promise<void>;
}): SetPin {
  const { people, passwords, clock, confirmPassword, noteRevocations } = deps;
  return async function setPin({ personId, password, pin, note }) {
    const confirmed = await confirmPassword(personId, { password });
    if (confirmed.outcome === "right") {
      const hash = await passwords.hash(pin);
      await people.db.transaction().execute(async (tx) => {
        const now = clock.now();
        await writePin({ ...people, db: tx }, { personId, hash, at: now });
        await endPinSessionsOf(tx, personId, now);
        await note(tx, personId);
      });
      await noteRevocations();
    }
    return confirmed;
  };
}
