import type { AuditEntry, AuditHead, AuditKeys, AuditOutcome, AuditRow } from "./entry.ts";

/** Which rows of a trail are wanted: newest first, `before` a number. */
export type AuditQuery = {
  readonly limit: number;
  readonly before?: number | undefined;
  readonly action?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
};

/** The audit trail of one service; two implementations, PostgreSQL and MongoDB. */
export type AuditTrail = {
  /** Adds an entry by itself; an act that has a transaction adds its own in there. Resolves when it is durable. */
  readonly append: (entry: AuditEntry) => Promise<void>;
  readonly list: (query: AuditQuery) => Promise<readonly AuditRow[]>;
  /** Rows in their order, from behind `after`, with what they are found by: for the verifier. */
  readonly read: (after: number, limit: number) => Promise<readonly (AuditRow & AuditKeys)[]>;
  /** Where the chain says it ends. */
  readonly head: () => Promise<AuditHead>;
};
