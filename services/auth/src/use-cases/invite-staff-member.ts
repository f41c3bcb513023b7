import { randomBytes } from "node:crypto";
import { addSeconds, type Clock, newId, ok, type Result, refuse } from "@comanda/primitives";
import type { Email } from "../domain/email.ts";
import type { StaffRole } from "../domain/person.ts";
import {
  findCreatedInvitation,
  type Invitation,
  insertInvitation,
  revokeInvitationsTo,
  waitForTurnToInvite,
} from "../storage/invitations.ts";
import { findPersonByEmail, type People } from "../storage/people.ts";
import { digestOf } from "../storage/refresh-secret.ts";
import type { NoteAct } from "./act-and-note.ts";
import type { RequestKey } from "./create-person-once.ts";

/** For how long an invitation can be accepted, in seconds: three days. */
const GOOD_FOR_S = 3 * 86_400;

type Refusal = "email-taken" | "idempotency-key-reused";
type Invited = {
  readonly invitation: Pick<Invitation, "id" | "role" | "email" | "createdAt" | "expiresAt">;
  readonly code: string;
  readonly isReplay: boolean;
};

/** Asks somebody to join as `role`; whoever brings the code makes the account. The newest one to an address counts. */
export type InviteStaffMember = (given: {
  readonly email: Email;
  readonly role: StaffRole;
  readonly by: string;
  readonly requestKey: RequestKey | null;
  readonly note: NoteAct;
}) => Promise<Result<Invited, Refusal>>;

export function makeInviteStaffMember(deps: { readonly people: People; readonly clock: Clock }): InviteStaffMember {
  const { people, clock } = deps;
  const { personalData } = people;

  return async function inviteStaffMember({ email, role, by, requestKey, note }) {
    const request = requestKey && JSON.stringify([requestKey.operation, requestKey.scope, requestKey.key]);
    // Of a request that may be repeated the code is made from its key: a repetition gets the same one, and yet nothing
    // that could be read stands in the database.
    const secret = request === null ? randomBytes(32) : personalData.index("invitation", `code/${request}`);
    const code = secret.toString("base64url");
    const fingerprint = personalData.index("request", JSON.stringify([email.reveal(), role]));
    const creation = request === null ? null : { key: personalData.index("request", request), fingerprint };
    // Of guests nothing is said here: who may invite need not be told who is one.
    const holder = await findPersonByEmail(people, email);
    return people.db.transaction().execute(async (tx): Promise<Result<Invited, Refusal>> => {
      const within = { ...people, db: tx };
      await waitForTurnToInvite(tx);
      const first = creation === null ? null : await findCreatedInvitation(within, creation.key);
      if (first !== null) {
        if (!first.fingerprint.equals(fingerprint)) return refuse("idempotency-key-reused");
        return ok({ invitation: first.invitation, code, isReplay: true });
      }
      if (holder !== null && holder.role !== "customer") return refuse("email-taken");
      const createdAt = clock.now();
      const expiresAt = addSeconds(createdAt, GOOD_FOR_S);
      const invitation = { id: newId(), role, email, invitedBy: by, createdAt, expiresAt };
      await revokeInvitationsTo(within, email, createdAt);
      await insertInvitation(within, invitation, { codeDigest: digestOf(code), creation });
      await note(tx, invitation.id);
      return ok({ invitation, code, isReplay: false });
    });
  };
}
