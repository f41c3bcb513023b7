import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import { decodeCharge } from "./charge-document.ts";
import { CHARGE_FORMAT } from "./upgrade-charge.ts";
import type { UpgradeStep } from "./upgrade-store.ts";

/** A charge's document as it lies in a store, and what a writer must name: its version, or its revision. */
export type StoredDocument = { readonly id: Id; readonly document: unknown; readonly mark: number };

/** How a store reads and writes documents as they lie there. */
export type DocumentPen = {
  /** The next ones by id. */
  readonly next: (options: { readonly after: Id | null; readonly limit: number }) => Promise<readonly StoredDocument[]>;
  readonly again: (ids: readonly Id[]) => Promise<readonly StoredDocument[]>;
  /** Writes documents anew where the mark is still the same. @returns the ids of those that were written */
  readonly rewrite: (batch: readonly { readonly mark: number; readonly charge: Charge }[]) => Promise<ReadonlySet<Id>>;
};

/** Whoever beats us this often in a row is left for the next round. */
const TRIES = 20;

/**
 * Takes one step of the pass. Beaten by another writer, it looks again: a relay moves a record without touching its
 * document, and a process of an older release may have written the old format once more.
 * @throws Error when a charge was changed by others at every try
 */
export async function takeUpgradeStep(
  pen: DocumentPen,
  options: { readonly after: Id | null; readonly limit: number },
): Promise<UpgradeStep> {
  const seen = await pen.next(options);
  const unreadable: Id[] = [];
  let upgraded = 0;
  let left = seen.filter(isPast);
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === TRIES) throw new Error(`${left.length} charges changed under each of ${TRIES} tries to upgrade them`);
    const readable = left.flatMap((stored) => {
      const charge = read(stored);
      if (charge === null) unreadable.push(stored.id);
      return charge === null ? [] : [{ mark: stored.mark, charge }];
    });
    const written = readable.length === 0 ? new Set<Id>() : await pen.rewrite(readable);
    upgraded += written.size;
    const beaten = readable.map(({ charge }) => charge.id).filter((id) => !written.has(id));
    left = beaten.length === 0 ? [] : (await pen.again(beaten)).filter(isPast);
  }
  return { last: seen.at(-1)?.id ?? null, seen: seen.length, upgraded, unreadable };
}

/** Of a past format, or of none that anybody knows; what a newer release wrote is left to it. */
function isPast({ document }: StoredDocument): boolean {
  const format: unknown = typeof document === "object" && document !== null ? Reflect.get(document, "format") : null;
  return typeof format !== "number" || format < CHARGE_FORMAT;
}

function read({ document }: StoredDocument): Charge | null {
  try {
    return decodeCharge({ document, nextCheckAt: null, unsent: [] });
  } catch {
    // Its reader says what is wrong with it, whenever somebody asks for the charge.
    return null;
  }
}
