import { waitFor } from "@comanda/testing";
import { afterEach, describe, expect, it } from "vitest";
import { aCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

/** What a caller sees when the database is away, and after. */
export function contractOfOutages(opened: () => TestStore): void {
  afterEach(() => opened().restore());

  describe("outages", () => {
    it("when the database is away, then every operation fails aloud, and all is well once it is back", async () => {
      const { store, cut, restore } = opened();
      const charge = aCharge({ unsent: [anEvent()] });
      await store.insert(charge);
      cut();
      const attempts = await Promise.allSettled([
        store.ping(),
        store.get(charge.id),
        store.insert(aCharge()),
        store.replace(nextOf(charge), 1),
        store.claimDue({ now: new Date(), limit: 1, leaseMs: 1_000 }),
        store.outbox.claim({ limit: 1, leaseMs: 1_000 }),
        store.notices.claim({ limit: 1, leaseMs: 1_000 }),
      ]);
      expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => "rejected"));
      await restore();
      await waitFor(() => store.ping().then(() => true), { timeoutMs: 20_000 });
      expect(await store.get(charge.id)).toStrictEqual(charge);
      expect(await store.replace(nextOf(charge, { status: "pending" }), 1)).toBe(true);
    });

    // The answer of a write may be lost after the write took effect; asking again must not do it twice.
    it("when connections break under 30 writes, then writing each again ends with every charge once", async () => {
      const { store, cut, restore } = opened();
      const charges = Array.from({ length: 30 }, () => aCharge({ unsent: [anEvent()] }));
      const first = charges.map((charge) => store.insert(charge).catch(() => undefined));
      await Promise.race(first);
      cut();
      await Promise.all(first);
      await restore();
      await waitFor(() => store.ping().then(() => true), { timeoutMs: 20_000 });
      for (const charge of charges) expect((await store.insert(charge)).charge).toStrictEqual(charge);
      expect(await store.list({ limit: 100 })).toHaveLength(30);
      expect(await store.outbox.claim({ limit: 100, leaseMs: 60_000 })).toHaveLength(30);
    });
  });
}
