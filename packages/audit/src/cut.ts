import { addSeconds, type Clock, newId } from "@comanda/primitives";
import type { AuditEntry, AuditHead } from "./entry.ts";
import type { AuditTrail } from "./trail.ts";

const DAY_S = 86_400;
/** Five years (reliability OP-64), and a day for a database whose clock is late: it refuses what is younger. */
const KEPT_S = (5 * 365 + 3) * DAY_S;
/** Each cut is an entry itself: once a month is often enough. */
const WAIT_S = 30 * DAY_S;
const BATCH = 10_000;

/**
 * Cuts off the entries whose five years are over, once a month's worth of them are. What is left is verified from where it
 * was cut, and that it was cut stands in it.
 * @returns how many entries went
 */
export async function cutOldEntries(deps: {
  readonly trail: Pick<AuditTrail, "anchor" | "read" | "cut">;
  readonly clock: Clock;
}): Promise<number> {
  const { trail, clock } = deps;
  const now = clock.now();
  const [oldest] = await trail.read((await trail.anchor()).seq, 1);
  if (oldest === undefined || oldest.at >= addSeconds(now, -KEPT_S - WAIT_S).toISOString()) return 0;
  const before = addSeconds(now, -KEPT_S);
  let gone = 0;
  for (;;) {
    const rows = await trail.cut({ before, limit: BATCH, noteOf: (cut) => noteOf(cut, now) });
    gone += rows;
    if (rows < BATCH) return gone;
  }
}

/** Nobody did it: it is the time that is over. */
function noteOf({ rows, end }: { readonly rows: number; readonly end: AuditHead }, at: Date): AuditEntry {
  return {
    id: newId(),
    at,
    action: "cut-audit",
    outcome: "ok",
    actor: null,
    target: null,
    address: null,
    requestId: null,
    details: { rows, up_to: end.seq, hash: end.hash.toString("hex") },
  };
}
