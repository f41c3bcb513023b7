import type { Clock } from "@comanda/primitives";
import type { App } from "@comanda/service-kit";
import { beginSecondFactorRoute } from "./http/begin-second-factor.ts";
import { confirmSecondFactorRoute } from "./http/confirm-second-factor.ts";
import { disableSecondFactorRoute } from "./http/disable-second-factor.ts";
import { readSecondFactorRoute } from "./http/read-second-factor.ts";
import { renewRecoveryCodesRoute } from "./http/renew-recovery-codes.ts";
import { resetSecondFactorRoute } from "./http/reset-second-factor.ts";
import type { People } from "./storage/people.ts";
import { makeConfirmPassword } from "./use-cases/confirm-password.ts";
import { makeGuardAttempts } from "./use-cases/guard-attempts.ts";
import { makeKnownDevices } from "./use-cases/known-device.ts";
import type { PasswordHasher } from "./use-cases/password-hasher.ts";
import { makeSecondFactors } from "./use-cases/second-factor.ts";
import { makeSignIn } from "./use-cases/sign-in.ts";

/** What the accounts of staff are made of; nothing of it touches the database before the first request. */
type StaffDeps = {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
  readonly mfaIsRequired: boolean;
  readonly shopName: string;
};

/** Sign-in and second factors, wired once for the routes that use them. */
export function makeStaff(deps: StaffDeps) {
  const { people, passwords, clock, noteRevocations } = deps;
  const { db } = people;
  const guardAttempts = makeGuardAttempts({ db, clock });
  const secondFactors = makeSecondFactors({ people, clock, noteRevocations });
  const knownDevices = makeKnownDevices(people.personalData, clock);
  return {
    ...deps,
    guardAttempts,
    secondFactors,
    signIn: makeSignIn({ people, passwords, guardAttempts, knownDevices, secondFactors }),
    confirmPassword: makeConfirmPassword({ people, passwords, guardAttempts, secondFactors }),
  };
}
export type Staff = ReturnType<typeof makeStaff>;

/** Adds the routes by which staff look after their accounts, and administrators after those of others. */
export function addStaffRoutes(app: App, staff: Staff): void {
  readSecondFactorRoute(app, staff);
  beginSecondFactorRoute(app, staff);
  confirmSecondFactorRoute(app, staff);
  renewRecoveryCodesRoute(app, staff);
  disableSecondFactorRoute(app, staff);
  resetSecondFactorRoute(app, staff);
}
