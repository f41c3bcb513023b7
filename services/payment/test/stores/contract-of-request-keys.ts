import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { TestStore } from "./store-harness.ts";

/** What Idempotency-Keys of requests for a charge were used with. */
export function contractOfRequestKeys(opened: () => TestStore): void {
  describe("request keys", () => {
    it("when a key comes again, then it is good for the body it came with first, in every process", async () => {
      const { store, other } = opened();
      const first = { key: newId(), fingerprint: "one", at: new Date() };
      expect(await store.requestKeys.bind(first)).toBe(true);
      expect(await other.requestKeys.bind(first)).toBe(true);
      expect(await other.requestKeys.bind({ ...first, fingerprint: "two" })).toBe(false);
      expect(await store.requestKeys.bind({ ...first, key: newId(), fingerprint: "two" })).toBe(true);
    });

    it("when one key comes with 20 bodies at once, then it is good for one of them", async () => {
      const { store, other } = opened();
      const key = newId();
      const bound = await Promise.all(
        Array.from({ length: 20 }, (_none, turn) =>
          (turn % 2 === 0 ? store : other).requestKeys.bind({ key, fingerprint: String(turn), at: new Date() }),
        ),
      );
      expect(bound.filter((isBound) => isBound)).toHaveLength(1);
    });

    it("when three days have passed, then a key is as good as new", async () => {
      const { store } = opened();
      const [old, young] = [96, 48].map((hours) => ({
        key: newId(),
        fingerprint: "one",
        at: new Date(Date.now() - hours * 3_600_000),
      }));
      if (old === undefined || young === undefined) throw new Error("two keys were made just above");
      await store.requestKeys.bind(old);
      await store.requestKeys.bind(young);
      await store.purge({ days: 14 });
      expect(await store.requestKeys.bind({ ...old, fingerprint: "two" })).toBe(true);
      expect(await store.requestKeys.bind({ ...young, fingerprint: "two" })).toBe(false);
    });
  });
}
