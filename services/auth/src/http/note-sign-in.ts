import type { AuditEntry, AuditOutcome, AuditTrail } from "@comanda/audit";
import { type Clock, newId } from "@comanda/primitives";
import { addressBlock } from "@comanda/rate-limits";
import { decodeJwt } from "jose";
import { parseEmail } from "../domain/email.ts";
import { makeSeldom } from "../domain/seldom.ts";
import type { People } from "../storage/people.ts";
import { type Form, OAuthError } from "./token-form.ts";

type Attempt = {
  readonly request: { readonly ip: string; readonly id: string };
  readonly form: Form;
  readonly action: "sign-in" | "renew" | "pair-device" | "switch-by-pin" | "authenticate-service";
};
type Answer = { readonly access_token: string; readonly scope: string };

/**
 * Carries an attempt out and writes into the audit trail what came of it, before it is answered. Renewals and services
 * that succeed are routine and are left out; what is refused never is. Anybody can send refresh tokens that are none, at no
 * cost: of those one a minute stands there for each address, with the number of the others since.
 */
export type NoteSignIn = <Given extends Answer>(attempt: Attempt, carryOut: () => Promise<Given>) => Promise<Given>;

/** Refusals that say something about who asked; the others are mistakes in the form. */
const TELLING: ReadonlySet<string> = new Set(["invalid_grant", "invalid_client", "slow_down"]);
const IDLE_RENEWALS_S = 60;
const ROUTINE: ReadonlySet<string> = new Set(["renew", "authenticate-service"]);

export function makeNoteSignIn(deps: {
  readonly trail: AuditTrail;
  readonly personalData: Pick<People["personalData"], "index">;
  readonly clock: Clock;
}): NoteSignIn {
  const { trail, personalData, clock } = deps;
  const idle = makeSeldom(IDLE_RENEWALS_S);

  function entryOf(
    { request, form, action }: Attempt,
    seen: Pick<AuditEntry, "outcome" | "actor" | "details">,
  ): AuditEntry {
    const email = action === "sign-in" ? parseEmail(form.get("username") ?? "") : null;
    return {
      id: newId(),
      at: clock.now(),
      action,
      ...seen,
      // The beginning of the keyed digest: enough to see that somebody's account is being tried, and no address.
      target: email?.ok
        ? { kind: "email", id: personalData.index("email", email.value.reveal()).toString("hex").slice(0, 12) }
        : null,
      address: request.ip,
      requestId: request.id,
    };
  }

  return async function noteSignIn(attempt, carryOut) {
    const answer = await carryOut().catch(async (error: unknown) => {
      const said = error instanceof OAuthError ? error.error : null;
      if (said === null || TELLING.has(said)) {
        const outcome: AuditOutcome = said === null ? "failed" : "refused";
        const reason = error instanceof OAuthError && error.reason !== null ? { reason: error.reason } : {};
        const note = error instanceof OAuthError && error.note !== null ? { note: error.note } : {};
        const isIdle = said !== null && attempt.action === "renew" && !("note" in note);
        const seen = isIdle ? idle.take(addressBlock(attempt.request.ip), clock.now()) : { untold: 0 };
        if (seen === null) throw error;
        const untold = seen.untold === 0 ? {} : { untold: seen.untold };
        const details = said === null ? {} : { error: said, ...reason, ...note, ...untold };
        await trail.append(entryOf(attempt, { outcome, actor: clientOf(attempt), details })).catch((cause: unknown) => {
          // With the database away the sign-in has failed for that already; its own words are the better ones.
          if (said !== null) throw cause;
        });
      }
      throw error;
    });
    if (!ROUTINE.has(attempt.action)) {
      const { actor, device } = holderOf(answer);
      const details = { scope: answer.scope, ...(device === null ? {} : { device }) };
      await trail.append(entryOf(attempt, { outcome: "ok", actor, details }));
    }
    return answer;
  };
}

/** Who the token that was just signed is for: with their own role, and the screen they stand at. */
function holderOf({ access_token: token }: Answer): {
  readonly actor: AuditEntry["actor"];
  readonly device: string | null;
} {
  const { sub: id = "", role, kind, device } = decodeJwt<{ role: string; kind?: string; device?: string }>(token);
  const actor = { id, role: kind === undefined ? role : `${role}:${kind}` };
  return { actor, device: device === undefined || device === id ? null : device };
}

/** Who a service says it is; it is refused for not being it. */
function clientOf({ action, form }: Attempt): AuditEntry["actor"] {
  const client = form.get("client_id");
  const isName = action === "authenticate-service" && client !== undefined && /^[\w-]{1,60}$/.test(client);
  return isName ? { id: client, role: "client" } : null;
}
