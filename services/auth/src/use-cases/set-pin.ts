import type { Clock } from "@comanda/primitives";
import type { People } from "../storage/people.ts";
import { writePin } from "../storage/pins.ts";
import type { ConfirmPassword } from "./confirm-password.ts";
import type { Guarded } from "./guard-attempts.ts";
import type { PasswordHasher } from "./password-hasher.ts";

/** Gives oneself a PIN for the shop's screens, or another one. */
export type SetPin = (given: {
  readonly personId: string;
  readonly password: string;
  readonly pin: string;
}) => Promise<Guarded<null>>;

export function makeSetPin(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly confirmPassword: ConfirmPassword;
}): SetPin {
  const { people, passwords, clock, confirmPassword } = deps;
  return async function setPin({ personId, password, pin }) {
    const confirmed = await confirmPassword(personId, { password });
    if (confirmed.outcome === "right") {
      await writePin(people, { personId, hash: await passwords.hash(pin), at: clock.now() });
    }
    return confirmed;
  };
}
