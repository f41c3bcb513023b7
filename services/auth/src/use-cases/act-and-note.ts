import type { AuditDetails } from "@comanda/audit";
import type { Db } from "../storage/sessions.ts";

/** Writes an act into the audit trail, as the last part of its transaction: what was acted on, and what else to say. */
export type NoteAct = (tx: Db, id: string, more?: AuditDetails) => Promise<void>;

/**
 * Acts and writes the act down as one transaction. What had no effect is rolled back and not written: a statement that
 * broke a unique rule has spoilt the transaction anyway.
 */
export async function actAndNote<Outcome>(
  db: Db,
  how: {
    readonly act: (tx: Db) => Promise<Outcome>;
    readonly hadEffect: (outcome: Outcome) => boolean;
    readonly note: (tx: Db) => Promise<void>;
  },
): Promise<Outcome> {
  try {
    return await db.transaction().execute(async (tx) => {
      const outcome = await how.act(tx);
      if (!how.hadEffect(outcome)) throw new WithoutEffect(outcome);
      await how.note(tx);
      return outcome;
    });
  } catch (error) {
    if (error instanceof WithoutEffect) return error.outcome as Outcome; // thrown just above, with what `act` gave
    throw error;
  }
}

class WithoutEffect extends Error {
  override readonly name = "WithoutEffect";
  readonly outcome: unknown;

  constructor(outcome: unknown) {
    super("nothing was done");
    this.outcome = outcome;
  }
}
