import type { Db } from "./sessions.ts";

/** Remembers since when keys are published, for all processes and across restarts. */
export type PublishedKeys = {
  /**
   * Notes that these keys, and no others, are published, and says since when each of them is. A key that went and comes
   * back begins anew: those who check have dropped it.
   */
  readonly note: (kids: readonly string[], now: Date) => Promise<ReadonlyMap<string, Date>>;
};

export function createPublishedKeys(db: Db): PublishedKeys {
  return {
    note: (kids, now) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom("published_keys").where("kid", "not in", kids).execute();
        await tx
          .insertInto("published_keys")
          .values(kids.map((kid) => ({ kid, published_at: now })))
          .onConflict((conflict) => conflict.column("kid").doNothing())
          .execute();
        const rows = await tx.selectFrom("published_keys").select(["kid", "published_at"]).execute();
        return new Map(rows.map(({ kid, published_at: at }) => [kid, at]));
      }),
  };
}
