import { AUDIT_OUTCOMES, type AuditOutcome } from "@comanda/audit";
import { sql } from "kysely";
import type { Db } from "./sessions.ts";

/** A line of the audit trail as the person it speaks of may see it: who else acted on them is not theirs to know. */
export type SeenAct = {
  readonly at: Date;
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** They did it themselves; else somebody of the house did it to what is held of them. */
  readonly isOwn: boolean;
  /** The network address it was done from; only of their own acts. */
  readonly address: string | null;
};

type Row = { at: string; action: string; outcome: string; is_own: boolean; address: string | null };

/** What the audit trail of auth says of a person, oldest first; whoever works here has a line for each sign-in. */
export async function listActsOf(db: Db, personId: string): Promise<readonly SeenAct[]> {
  const { rows } = await sql<Row>`
    select at, action, outcome, actor_id is not distinct from ${personId} as is_own,
      case when actor_id = ${personId} then content::jsonb ->> 'address' end as address
    from audit_trail where actor_id = ${personId} or target_id = ${personId} order by seq`.execute(db);
  return rows.map(({ at, action, outcome, is_own: isOwn, address }) => ({
    at: new Date(at),
    action,
    outcome: AUDIT_OUTCOMES.find((known) => known === outcome) ?? "failed",
    isOwn,
    address,
  }));
}
