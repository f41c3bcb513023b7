import { createHash } from "node:crypto";

/**
 * What came of an act: done, not allowed (or wrong password), broken on our side; `asked` is written before an act that
 * moves money and has no transaction to stand in.
 */
export const AUDIT_OUTCOMES = ["asked", "ok", "refused", "failed"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** Plain words about an act. Never a secret, a CPF or a name: what identifies a person is their id. */
export type AuditDetails = { readonly [name: string]: string | number | boolean | null | readonly string[] };

/** One thing that somebody did: who, what, when, where. */
export type AuditEntry = {
  readonly id: string;
  readonly at: Date;
  /** The operation's name, as in the route: `create-device`. */
  readonly action: string;
  readonly outcome: AuditOutcome;
  /** `null` when nobody is known: a sign-in that failed. */
  readonly actor: { readonly id: string; readonly role: string } | null;
  readonly target: { readonly kind: string; readonly id: string } | null;
  /** The client's address, as the trusted proxy gives it. */
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: AuditDetails;
};

/** The end of a chain: the last row's number and hash. */
export type AuditHead = { readonly seq: number; readonly hash: Buffer };

/** A row of the trail: the hashed text, and the hash that chains it to the row before. */
export type AuditRow = { readonly seq: number; readonly content: string; readonly hash: Buffer };

/** What rows are searched for by. It stands beside the hashed text and must say what that says. */
export type AuditKeys = {
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actorId: string | null;
  readonly targetId: string | null;
};

/** What an entry is found by. */
export function keysOf(entry: AuditEntry): AuditKeys {
  const { at, action, outcome, actor, target } = entry;
  return { at: at.toISOString(), action, outcome, actorId: actor?.id ?? null, targetId: target?.id ?? null };
}

/** Where every chain begins. */
export const AUDIT_BEGINNING: AuditHead = { seq: 0, hash: Buffer.alloc(32) };

/** The row that follows `head`. */
export function chainEntry(head: AuditHead, entry: AuditEntry): AuditRow {
  const seq = head.seq + 1;
  const content = contentOf(seq, entry);
  return { seq, content, hash: hashOf(head.hash, content) };
}

/** SHA-256 over the hash of the row before and the text of this one. */
export function hashOf(previous: Buffer, content: string): Buffer {
  return createHash("sha256").update(previous).update(content, "utf8").digest();
}

/** One entry has one text: names in one order, its number inside, so that a row cannot be moved. */
function contentOf(seq: number, entry: AuditEntry): string {
  return canonical({
    seq,
    id: entry.id,
    at: entry.at.toISOString(),
    action: entry.action,
    outcome: entry.outcome,
    actor: entry.actor,
    target: entry.target,
    address: entry.address,
    request_id: entry.requestId,
    details: entry.details,
  });
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}
