import type { ClaimedEvent, Delivery, ParkedEvent } from "@comanda/messaging";

/** A row of the table `outbox` (packages/messaging/sql). Sent rows stay. */
export type OutboxRow = {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
  readonly traceparent: string | null;
  readonly createdAt: number;
  availableAt: number;
  lockedUntil: number | null;
  attempts: number;
  sentAt: number | null;
  /** Taken back before it was said, because it was answered another way. */
  isWithdrawn: boolean;
  parkedAt: number | null;
  lastError: string | null;
};

/** What the statements of `createPostgresOutbox` do, on an array in the order of `seq`. */
export function claimRows(
  rows: readonly OutboxRow[],
  { limit, leaseMs, now }: { readonly limit: number; readonly leaseMs: number; readonly now: number },
): ClaimedEvent[] {
  const claimed: ClaimedEvent[] = [];
  const held = new Set<string>();
  for (const row of rows) {
    if (row.sentAt !== null || row.parkedAt !== null) continue;
    const isFirst = !held.has(row.subject);
    held.add(row.subject);
    if (!isFirst || row.availableAt > now || (row.lockedUntil !== null && row.lockedUntil >= now)) continue;
    if (claimed.length === limit) break;
    row.lockedUntil = now + leaseMs;
    row.attempts += 1;
    claimed.push(claimedFrom(row));
  }
  return claimed;
}

export function claimedFrom({ id, type, subject, data, traceparent, attempts, createdAt }: OutboxRow): ClaimedEvent {
  return { id, type, subject, data, traceparent, attempts, time: new Date(createdAt) };
}

export function settleRow(row: OutboxRow, delivery: Delivery, now: number): void {
  if (delivery.outcome === "done") {
    row.sentAt = now;
    row.lockedUntil = null;
    return;
  }
  if (row.sentAt !== null) return;
  row.lockedUntil = null;
  row.lastError = delivery.reason;
  if (delivery.outcome === "park") row.parkedAt = now;
  else row.availableAt = now + delivery.retryInMs;
}

export function parkedFrom(rows: readonly OutboxRow[], limit: number): ParkedEvent[] {
  return rows
    .flatMap(({ id, type, subject, attempts, lastError, parkedAt, sentAt }) =>
      parkedAt === null || sentAt !== null
        ? []
        : [{ id, type, subject, attempts, reason: lastError ?? "", parkedAt: new Date(parkedAt) }],
    )
    .slice(0, limit);
}

/** When something can be claimed next; `null` when nothing waits. */
export function nextDueAt(rows: readonly OutboxRow[]): number | null {
  let due: number | null = null;
  const held = new Set<string>();
  for (const row of rows) {
    if (row.sentAt !== null || row.parkedAt !== null || held.has(row.subject)) continue;
    held.add(row.subject);
    const at = Math.max(row.availableAt, (row.lockedUntil ?? -1) + 1);
    if (due === null || at < due) due = at;
  }
  return due;
}
