import { dictionary } from "@zxcvbn-ts/language-common";
import { PASSWORD_LENGTH_MIN } from "../domain/password.ts";

// The commonest of the passwords that leaked from services world-wide, kept up by the zxcvbn project; here without those
// too short to be taken anyway, some 18,000. Offline: no password, nor a part of its digest, is sent to anybody.
const LEAKED: ReadonlySet<string> = new Set(
  dictionary["passwords-common"].filter((password) => password.length >= PASSWORD_LENGTH_MIN),
);

/** Whether a password stands in lists of leaked ones; it must be in lower case. */
export function isLeakedPassword(password: string): boolean {
  return LEAKED.has(password);
}
