import { InstantSchema } from "@comanda/service-kit";
import { Type } from "typebox";
import { CONSENT_PURPOSES, type Consent } from "../domain/consent.ts";

/** One entry of the ledger of consents on the wire. */
export const ConsentSchema = Type.Object(
  {
    purpose: Type.Enum(CONSENT_PURPOSES),
    version: Type.String({ description: "Of the words that were shown" }),
    given: Type.Boolean(),
    how: Type.Enum(["register", "self", "admin"]),
    at: InstantSchema,
  },
  {
    examples: [
      { purpose: "recognition", version: "2026-11", given: true, how: "register", at: "2026-11-22T14:28:00.000Z" },
    ],
  },
);

export function viewOfConsent({ purpose, version, isGiven, how, at }: Consent) {
  return { purpose, version, given: isGiven, how, at: at.toISOString() };
}
