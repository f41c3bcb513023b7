/** How somebody of the shop signed in: password alone, password and a second factor, or PIN at a paired device. */
export type StaffProof = "password" | "mfa" | "pin";

/** The methods as a token names them (RFC 8176 §2). */
export function amrOf(proof: StaffProof): readonly string[] {
  switch (proof) {
    case "password":
      return ["pwd"];
    case "mfa":
      return ["pwd", "otp", "mfa"];
    case "pin":
      return ["pin"];
  }
}

/**
 * What the proof amounts to (`acr`). Where a second factor is demanded, a password alone is good for setting one up and
 * for nothing else; the kit of every service refuses it by this very word. A PIN counts: the device it is typed into was
 * paired by an administrator and is the other factor.
 */
export function acrOf(proof: StaffProof, policy: { readonly mfaIsRequired: boolean }): string {
  return proof === "password" && policy.mfaIsRequired ? "enrolment" : proof;
}
