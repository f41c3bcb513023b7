import { ok, type Result, refuse } from "@comanda/primitives";
import { type GuardedText, guardText } from "./guarded-text.ts";

/** An e-mail address in lower case: `reveal()` gives it, everything else its masked form. */
export type Email = GuardedText<"email">;

// ASCII only, on purpose: letters that look alike in two alphabets would make two accounts that people cannot tell
// apart (reliability U-14). Internationalised domains work in their `xn--` form.
const LOCAL = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ADDRESS = new RegExp(`^(?=.{1,64}@)${LOCAL}@(?:${LABEL}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`);
const LENGTH_MAX = 254;

/** Reads an e-mail address; letter case does not matter, `A@B.com` and `a@b.com` are one. */
export function parseEmail(text: string): Result<Email, "email-malformed"> {
  // Before lower-casing: the Kelvin sign, for one, becomes an ordinary k.
  if (text.length > LENGTH_MAX || !/^[!-~]+$/.test(text)) return refuse("email-malformed");
  const address = text.toLowerCase();
  if (!ADDRESS.test(address)) return refuse("email-malformed");
  return ok(guardText("email", { text: address, masked: `${address.slice(0, 1)}***` }));
}
