import { type Caller, type HttpProblem, houseProblem } from "@comanda/service-kit";
import { authProblem } from "../problems.ts";

/** RFC 9470 §3: who they say they are is known, that it is them is not. */
const STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="verified"';

/** Whose data a request is about, and who asks. */
export type OwnData = { readonly id: string; readonly caller: Caller; readonly isAdmin: boolean };

/**
 * Lets a person at their own data, and administrators at anybody's. Somebody else's id answers what a missing one does.
 * @param options.needsProof whether a CPF alone is too little (reliability AU-19)
 * @throws HttpProblem `not-found` or `verification-needed`
 */
export function ownData(
  caller: Caller,
  options: { readonly params: { readonly id: string }; readonly needsProof: boolean },
): OwnData {
  const id = options.params.id.toLowerCase();
  const isAdmin = caller.role === "admin";
  if (!isAdmin && caller.id !== id) throw houseProblem("not-found");
  if (options.needsProof && caller.level === "identified") throw proofNeeded();
  return { id, caller, isAdmin };
}

/** The refusal of whoever has to prove who they are first. */
export function proofNeeded(): HttpProblem {
  return authProblem("verification-needed", { headers: { "www-authenticate": STEP_UP } });
}
