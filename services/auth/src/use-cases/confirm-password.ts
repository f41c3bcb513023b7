import { SIGN_IN_ATTEMPTS } from "../domain/attempts.ts";
import { findPasswordHash, type People } from "../storage/people.ts";
import type { GuardAttempts, Guarded } from "./guard-attempts.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import type { SecondFactors } from "./second-factor.ts";

/**
 * Asks somebody who is signed in for their password once more, and for a code where one is given, before what a stolen
 * session must not be able to do. Wrong ones are counted apart from those of signing in: whoever knows an e-mail could
 * otherwise keep its owner from changing the password, by wrong ones of their own.
 */
export type ConfirmPassword = (
  personId: string,
  proof: { readonly password: string; readonly mfaCode?: string | undefined },
) => Promise<Guarded<null>>;

export function makeConfirmPassword(deps: {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly guardAttempts: GuardAttempts;
  readonly secondFactors: SecondFactors;
}): ConfirmPassword {
  const { people, passwords, guardAttempts, secondFactors } = deps;
  return async function confirmPassword(personId, { password, mfaCode }) {
    const key = people.personalData.index("account", JSON.stringify(["confirm", personId]));
    return guardAttempts(key, SIGN_IN_ATTEMPTS, async () => {
      const hash = await findPasswordHash(people, personId);
      if (hash === null) {
        // Who has none is not told from who has another by the time it takes.
        await passwords.verifyNothing(password);
        return { outcome: "wrong" };
      }
      if (!(await passwords.verify(hash, password))) return { outcome: "wrong" };
      if (mfaCode === undefined || (await secondFactors.spend(personId, mfaCode))) {
        return { outcome: "right", value: null };
      }
      return { outcome: "wrong", of: "code" };
    });
  };
}
