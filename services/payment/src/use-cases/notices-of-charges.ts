import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { ChargeStore, CountedNotice } from "../storage/charge-store.ts";

/** The ids of the notifications that a charge's flow names, each once. */
export function noticeIdsOf({ entries }: Pick<Charge, "entries">): readonly Id[] {
  const ids = entries.flatMap(({ kind, detail: { notice_id: id } }) =>
    kind === "notification" && typeof id === "string" ? [id] : [],
  );
  return [...new Set(ids)];
}

/** The notifications of these charges that are still kept, by id, read in one query; their raw bytes lie beside the charges. */
export async function noticesOf(
  charges: readonly Charge[],
  { notices }: Pick<ChargeStore, "notices">,
): Promise<ReadonlyMap<Id, CountedNotice>> {
  const kept = await notices.listByIds(charges.flatMap(noticeIdsOf));
  return new Map(kept.map((notice) => [notice.id, notice]));
}
