import { ok, type Result, refuse } from "@comanda/primitives";
import { SIGN_IN_ATTEMPTS } from "../domain/attempts.ts";
import { parseEmail } from "../domain/email.ts";
import type { Person } from "../domain/person.ts";
import type { StaffProof } from "../domain/staff-proof.ts";
import { findSignIn, type People, replacePasswordHash } from "../storage/people.ts";
import { isDisabled } from "../storage/staff.ts";
import type { GuardAttempts, Verdict } from "./guard-attempts.ts";
import type { KnownDevices } from "./known-device.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import type { SecondFactors } from "./second-factor.ts";

/** Somebody who is who they say, how they proved it, and the mark by which their device is known from now on. */
export type SignedIn = Looked & { readonly mark: string };

/** Why somebody does not get in. Whether it was the name or the password is nobody's business. */
type Refusal =
  | { readonly why: "wrong-credentials" | "mfa-required" | "mfa-wrong" }
  | { readonly why: "too-early"; readonly waitSeconds: number };

/** Checks an e-mail and a password, and the second factor of staff who have one. */
export type SignIn = (given: {
  readonly username: string;
  readonly password: string;
  readonly mfaCode: string | undefined;
  /** What the device shows of having been signed in from before. */
  readonly mark: string | undefined;
}) => Promise<Result<SignedIn, Refusal>>;

type Deps = {
  readonly people: People;
  readonly passwords: PasswordHasher;
  readonly guardAttempts: GuardAttempts;
  readonly knownDevices: KnownDevices;
  readonly secondFactors: SecondFactors;
};

/**
 * Makes the sign-in of staff and registered guests alike. Wrong passwords and wrong codes are counted by account, known
 * or not; those from a device that its owner signed in from before are counted apart (docs/adr/0013-second-factor.md).
 */
export function makeSignIn(deps: Deps): SignIn {
  const { people, guardAttempts, knownDevices } = deps;

  return async function signIn({ username, password, mfaCode, mark }) {
    const email = parseEmail(username);
    const known = email.ok ? await findSignIn(people, email.value) : null;
    const device = known === null ? null : knownDevices.read(mark, known.person.id);
    const account = email.ok ? email.value.reveal() : username.slice(0, 254);
    const key = people.personalData.index("account", JSON.stringify([account, device]));
    const look = () => lookAt(deps, { known, password, mfaCode });
    const verdict = await guardAttempts(key, SIGN_IN_ATTEMPTS, look);
    switch (verdict.outcome) {
      case "too-early":
        return refuse({ why: "too-early", waitSeconds: verdict.waitSeconds });
      case "wrong":
        return refuse({ why: verdict.of === "code" ? "mfa-wrong" : "wrong-credentials" });
      case "void":
        return refuse({ why: "mfa-required" });
      case "right": {
        return ok({ ...verdict.value, mark: knownDevices.mark(verdict.value.person.id) });
      }
    }
  };
}

type Known = Awaited<ReturnType<typeof findSignIn>>;
type Looked = {
  readonly person: Person;
  readonly proof: StaffProof;
  /** What the password was good for. */
  readonly passwordHash: string;
};

async function lookAt(
  { people, passwords, secondFactors }: Deps,
  given: { readonly known: Known; readonly password: string; readonly mfaCode: string | undefined },
): Promise<Verdict<Looked>> {
  const { known, password, mfaCode } = given;
  if (known === null || known.passwordHash === null) {
    await passwords.verifyNothing(password);
    return { outcome: "wrong" };
  }
  if (!(await passwords.verify(known.passwordHash, password))) return { outcome: "wrong" };
  const { person } = known;
  if (await isDisabled(people.db, person.id)) return { outcome: "wrong" };
  let { passwordHash } = known;
  if (passwords.isOutdated(passwordHash)) {
    const to = await passwords.hash(password);
    await replacePasswordHash(people, { id: person.id, from: passwordHash, to });
    passwordHash = to;
  }
  const byPassword: Looked = { person, proof: "password", passwordHash };
  if (person.role === "customer" || !(await secondFactors.isEnabled(person.id))) {
    return { outcome: "right", value: byPassword };
  }
  if (mfaCode === undefined) return { outcome: "void", value: byPassword };
  const isRight = await secondFactors.spend(person.id, mfaCode);
  return isRight ? { outcome: "right", value: { ...byPassword, proof: "mfa" } } : { outcome: "wrong", of: "code" };
}
