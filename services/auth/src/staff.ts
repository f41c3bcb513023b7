import type { Clock } from "@comanda/primitives";
import type { App } from "@comanda/service-kit";
import { acceptInvitationRoute } from "./http/accept-invitation.ts";
import { beginSecondFactorRoute } from "./http/begin-second-factor.ts";
import { changePasswordRoute } from "./http/change-password.ts";
import { confirmSecondFactorRoute } from "./http/confirm-second-factor.ts";
import { disableSecondFactorRoute } from "./http/disable-second-factor.ts";
import { inviteStaffMemberRoute } from "./http/invite-staff-member.ts";
import { listDevicePeopleRoute } from "./http/list-device-people.ts";
import { listInvitationsRoute } from "./http/list-invitations.ts";
import { listSessionsRoute } from "./http/list-sessions.ts";
import { listStaffRoute } from "./http/list-staff.ts";
import type { AuthLimits } from "./http/rate-limits.ts";
import { readSecondFactorRoute } from "./http/read-second-factor.ts";
import { redeemPasswordResetRoute } from "./http/redeem-password-reset.ts";
import { removePinRoute } from "./http/remove-pin.ts";
import { renewRecoveryCodesRoute } from "./http/renew-recovery-codes.ts";
import { resetPasswordRoute } from "./http/reset-password.ts";
import { resetSecondFactorRoute } from "./http/reset-second-factor.ts";
import { revokeInvitationRoute } from "./http/revoke-invitation.ts";
import { revokeSessionRoute } from "./http/revoke-session.ts";
import { setPinRoute } from "./http/set-pin.ts";
import { updateStaffMemberRoute } from "./http/update-staff-member.ts";
import type { People } from "./storage/people.ts";
import { makeAcceptInvitation } from "./use-cases/accept-invitation.ts";
import { makeChangePassword } from "./use-cases/change-password.ts";
import { makeConfirmPassword } from "./use-cases/confirm-password.ts";
import { makeGuardAttempts } from "./use-cases/guard-attempts.ts";
import { makeInviteStaffMember } from "./use-cases/invite-staff-member.ts";
import type { IssueAccessToken } from "./use-cases/issue-access-token.ts";
import { makeKnownDevices } from "./use-cases/known-device.ts";
import type { PasswordHasher } from "./use-cases/password-hasher.ts";
import { makeRemovePin } from "./use-cases/remove-pin.ts";
import { makePasswordResets } from "./use-cases/reset-password.ts";
import { makeRevokeInvitation } from "./use-cases/revoke-invitation.ts";
import { makeRevokeSession } from "./use-cases/revoke-session.ts";
import { makeSecondFactors } from "./use-cases/second-factor.ts";
import { makeSetPin } from "./use-cases/set-pin.ts";
import { makeSignIn } from "./use-cases/sign-in.ts";
import { makeSwitchByPin } from "./use-cases/switch-by-pin.ts";
import { makeUpdateStaffMember } from "./use-cases/update-staff-member.ts";

/** What the accounts of staff are made of; nothing of it touches the database before the first request. */
type StaffDeps = {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly noteRevocations: () => Promise<void>;
  readonly mfaIsRequired: boolean;
  readonly shopName: string;
  readonly limits: AuthLimits;
  readonly issueAccessToken: IssueAccessToken;
};

/** Sign-in and second factors, wired once for the routes that use them. */
export function makeStaff(deps: StaffDeps) {
  const { people, passwords, clock, noteRevocations } = deps;
  const { db } = people;
  const guardAttempts = makeGuardAttempts({ db, clock });
  const secondFactors = makeSecondFactors({ people, clock, guardAttempts, noteRevocations });
  const knownDevices = makeKnownDevices(people.personalData, clock);
  const confirmPassword = makeConfirmPassword({ people, passwords, guardAttempts, secondFactors });
  return {
    ...deps,
    guardAttempts,
    secondFactors,
    signIn: makeSignIn({ people, passwords, guardAttempts, knownDevices, secondFactors }),
    confirmPassword,
    changePassword: makeChangePassword({ people, passwords, clock, confirmPassword, noteRevocations }),
    passwordResets: makePasswordResets({ people, passwords, clock, noteRevocations }),
    updateStaffMember: makeUpdateStaffMember({ people, clock, noteRevocations }),
    db,
    setPin: makeSetPin({ people, passwords, clock, confirmPassword, noteRevocations }),
    removePin: makeRemovePin({ db, clock, noteRevocations }),
    switchByPin: makeSwitchByPin({ ...deps, guardAttempts }),
    revokeSession: makeRevokeSession({ db, clock, noteRevocations }),
    inviteStaffMember: makeInviteStaffMember({ people, clock }),
    revokeInvitation: makeRevokeInvitation({ people, clock }),
    acceptInvitation: makeAcceptInvitation({ people, passwords, clock }),
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
  changePasswordRoute(app, staff);
  resetPasswordRoute(app, staff);
  redeemPasswordResetRoute(app, staff);
  inviteStaffMemberRoute(app, staff);
  listInvitationsRoute(app, staff);
  revokeInvitationRoute(app, staff);
  acceptInvitationRoute(app, staff);
  listStaffRoute(app, staff);
  updateStaffMemberRoute(app, staff);
  setPinRoute(app, staff);
  removePinRoute(app, staff);
  listDevicePeopleRoute(app, staff);
  listSessionsRoute(app, staff);
  revokeSessionRoute(app, staff);
}
