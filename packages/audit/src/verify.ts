import { type AuditHead, type AuditKeys, type AuditRow, hashOf } from "./entry.ts";
import type { AuditTrail } from "./trail.ts";

/** How a row can be bad; `cut`: it was noted as a head and is from before what is kept, so that nothing speaks for it. */
export const AUDIT_FAULTS = ["altered", "missing", "reordered", "cut"] as const;

/** What is wrong with the first bad row. */
export type AuditFault = { readonly seq: number; readonly fault: (typeof AUDIT_FAULTS)[number] };

/** What the verifier found: all rows good from behind `anchor` up to `head`, or the first one that is not. */
export type AuditVerdict =
  | { readonly isIntact: true; readonly rows: number; readonly anchor: AuditHead; readonly head: AuditHead }
  | ({ readonly isIntact: false; readonly rows: number } & AuditFault);

type Options = { readonly known?: AuditHead };
type Trail = Pick<AuditTrail, "read" | "head" | "anchor">;

const PAGE = 1_000;

/**
 * Reads a whole trail and recomputes its chain, from where it was cut off or from the beginning.
 * @param options.known a head that somebody wrote down earlier: the chain must pass through it, or it was made anew
 */
export async function verifyTrail(trail: Trail, options: Options = {}): Promise<AuditVerdict> {
  for (;;) {
    const anchor = await trail.anchor();
    const verdict = strangerToAnchor(anchor, options.known) ?? (await verifyFrom(anchor, trail, options));
    // What was cut off while this was reading is missing, and nobody's fault.
    if (verdict.isIntact || (await trail.anchor()).seq === anchor.seq) return verdict;
  }
}

async function verifyFrom(anchor: AuditHead, trail: Trail, { known }: Options): Promise<AuditVerdict> {
  // Taken first: rows that come while this reads are behind it.
  const end = await trail.head();
  let last = anchor;
  const good = () => last.seq - anchor.seq;
  for (;;) {
    const rows = await trail.read(last.seq, PAGE);
    for (const row of rows) {
      const fault = faultOf(row, last) ?? strangerTo(row, known);
      if (fault !== null) return { isIntact: false, rows: good(), ...fault };
      last = row;
    }
    if (rows.length < PAGE) break;
  }
  const wanted = Math.max(end.seq, known?.seq ?? 0);
  if (last.seq < wanted) return { isIntact: false, rows: good(), seq: last.seq + 1, fault: "missing" };
  return { isIntact: true, rows: good(), anchor, head: { seq: last.seq, hash: last.hash } };
}

/** Whoever makes a chain anew can say that it was cut: a noted head from before it proves nothing and must not pass. */
function strangerToAnchor(anchor: AuditHead, known: AuditHead | undefined): AuditVerdict | null {
  if (known === undefined || known.seq > anchor.seq || anchor.seq === 0) return null;
  if (known.seq < anchor.seq) return { isIntact: false, rows: 0, seq: known.seq, fault: "cut" };
  return known.hash.equals(anchor.hash) ? null : { isIntact: false, rows: 0, seq: known.seq, fault: "altered" };
}

function faultOf(row: AuditRow & AuditKeys, last: AuditHead): AuditFault | null {
  const seq = last.seq + 1;
  if (row.seq !== seq) return { seq, fault: "missing" };
  if (numberIn(row.content) !== seq) return { seq, fault: numberIn(row.content) === null ? "altered" : "reordered" };
  const isAsWritten = hashOf(last.hash, row.content).equals(row.hash) && isFoundBy(row);
  return isAsWritten ? null : { seq, fault: "altered" };
}

/** What of the hashed text is searched for. */
type Said = {
  readonly [Key in "at" | "action" | "outcome"]: string;
} & { readonly [Key in "actor" | "target"]: { readonly id: string } | null };

/** Who searches by a person or an act must find all of it: what stands beside the text says the same as the text. */
function isFoundBy({ content, at, action, outcome, actorId, targetId }: AuditRow & AuditKeys): boolean {
  const said = JSON.parse(content) as Said; // as it was written: its hash is right
  const isSameAct = at === said.at && action === said.action && outcome === said.outcome;
  return isSameAct && actorId === (said.actor?.id ?? null) && targetId === (said.target?.id ?? null);
}

function strangerTo(row: AuditRow, known: AuditHead | undefined): AuditFault | null {
  return known?.seq === row.seq && !known.hash.equals(row.hash) ? { seq: row.seq, fault: "altered" } : null;
}

function numberIn(content: string): number | null {
  try {
    const { seq } = JSON.parse(content) as { seq?: unknown }; // whatever it is, it is compared with a number
    return typeof seq === "number" ? seq : null;
  } catch {
    // No JSON any more: altered.
    return null;
  }
}
