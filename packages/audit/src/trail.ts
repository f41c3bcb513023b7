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

/** What is to be cut off: rows from before `before`, the oldest first, `limit` of them at most. */
export type AuditCut = {
  readonly before: Date;
  readonly limit: number;
  /** The entry that says so. */
  readonly noteOf: (cut: { readonly rows: number; readonly end: AuditHead }) => AuditEntry;
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
  /** Behind which row what is kept begins: the last one that was cut off. */
  readonly anchor: () => Promise<AuditHead>;
  /** Cuts rows off the beginning, up to the first that is young; the newest always stays. Says how many went. */
  readonly cut: (cut: AuditCut) => Promise<number>;
};
