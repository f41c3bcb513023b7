import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { describe, expect, it } from "vitest";
import type { Notice } from "../../src/storage/charge-store.ts";
import type { TestStore } from "./store-harness.ts";

const anyNumber = { limit: 100, leaseMs: 60_000 };

/** The provider's notifications, stored before they are answered. */
export function contractOfNotices(opened: () => TestStore): void {
  describe("notices", () => {
    it("when a notice comes in, then it is stored and claimed as it was, to the last letter", async () => {
      const { store } = opened();
      const notice = aNotice({ rawBody: '{"a": "\\u0000é🍇\u0000",\r\n "x.$y": 1 }', isSigned: false });
      expect(await store.notices.store(notice)).toBe("stored");
      expect(await store.notices.claim(anyNumber)).toStrictEqual([notice]);
    });

    it("when the same notice comes again, then it is a duplicate and is worked on once", async () => {
      const { store } = opened();
      const first = aNotice();
      await store.notices.store(first);
      expect(await store.notices.store(aNotice({ dedupeKey: first.dedupeKey }))).toBe("duplicate");
      expect(await store.notices.claim(anyNumber)).toStrictEqual([first]);
    });

    it("when a notice was worked off and comes again, then it is a duplicate still", async () => {
      const { store } = opened();
      const first = aNotice();
      await store.notices.store(first);
      await store.notices.settle(first.id, "done");
      expect(await store.notices.store(aNotice({ dedupeKey: first.dedupeKey }))).toBe("duplicate");
      expect(await store.notices.claim(anyNumber)).toEqual([]);
    });

    it("when one notice comes 50 times at once, then it is stored once", async () => {
      const { store, other } = opened();
      const dedupeKey = newId();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? store : other).notices.store(aNotice({ dedupeKey }))),
      );
      expect(answers.filter((answer) => answer === "stored")).toHaveLength(1);
      expect(await store.notices.claim(anyNumber)).toHaveLength(1);
    });

    it("when notices come in a burst, some of them again and again, then each sender is told of its own", async () => {
      const { store } = opened();
      const known = aNotice();
      await store.notices.store(known);
      const fresh = Array.from({ length: 40 }, () => aNotice());
      const burst = fresh.flatMap((notice) => [notice, aNotice({ dedupeKey: known.dedupeKey })]);
      const answers = await Promise.all(burst.map((notice) => store.notices.store(notice)));
      expect(answers).toEqual(burst.map((notice) => (fresh.includes(notice) ? "stored" : "duplicate")));
      const kept = await store.notices.listByIds([known.id, ...fresh.map(({ id }) => id)]);
      expect(kept.map(({ deliveries }) => deliveries).toSorted((one, other) => other - one)).toEqual([
        41,
        ...fresh.map(() => 1),
      ]);
    });

    it("when a notice is stored as one's own, then nobody else takes it before its lease is over", async () => {
      const { store, other } = opened();
      const [own, free] = [aNotice(), aNotice()];
      expect(await store.notices.store(own, { leaseMs: 200 })).toBe("stored");
      await store.notices.store(free);
      expect(await other.notices.claim(anyNumber)).toStrictEqual([free]);
      expect(await waitFor(async () => (await other.notices.claim(anyNumber))[0])).toStrictEqual(own);
    });

    it("when a known notice comes to somebody who would have it as his own, then it stays whose it is", async () => {
      const { store, other } = opened();
      const first = aNotice();
      await store.notices.store(first);
      const again = aNotice({ dedupeKey: first.dedupeKey });
      expect(await other.notices.store(again, { leaseMs: 60_000 })).toBe("duplicate");
      expect(await store.notices.claim(anyNumber)).toStrictEqual([first]);
    });

    it("when many are settled at once, then each as it was said, and done is the last word", async () => {
      const { store } = opened();
      const notices = Array.from({ length: 30 }, () => aNotice());
      await Promise.all(notices.map((notice) => store.notices.store(notice, { leaseMs: 60_000 })));
      const [done, later] = [notices.slice(0, 20), notices.slice(20)];
      await Promise.all([
        ...done.map(({ id }) => store.notices.settle(id, "done")),
        ...later.map(({ id }) => store.notices.settle(id, 0)),
      ]);
      await Promise.all(done.map(({ id }) => store.notices.settle(id, 0)));
      const waiting = await waitFor(async () => {
        const claimed = await store.notices.claim(anyNumber);
        return claimed.length > 0 ? claimed : null;
      });
      expect(waiting.map(({ id }) => id).toSorted()).toEqual(later.map(({ id }) => id).toSorted());
    });

    it("when notices wait, then they come oldest first, up to the limit, each to one process", async () => {
      const { store, other } = opened();
      const notices = Array.from({ length: 5 }, (_, index) =>
        aNotice({ receivedAt: new Date(Date.UTC(2026, 1, 1, 12, 0, index)) }),
      );
      for (const notice of notices) await store.notices.store(notice);
      expect(await store.notices.claim({ limit: 3, leaseMs: 60_000 })).toStrictEqual(notices.slice(0, 3));
      expect(await other.notices.claim({ limit: 3, leaseMs: 60_000 })).toStrictEqual(notices.slice(3));
      expect(await store.notices.claim(anyNumber)).toEqual([]);
    });

    it("when whoever claimed it died, then it comes again after the lease", async () => {
      const { store, other } = opened();
      const notice = aNotice();
      await store.notices.store(notice);
      await store.notices.claim({ limit: 1, leaseMs: 200 });
      expect(await other.notices.claim(anyNumber)).toEqual([]);
      expect(await waitFor(async () => (await other.notices.claim(anyNumber))[0])).toStrictEqual(notice);
    });

    it("when it is put back for later, then it comes after the wait", async () => {
      const { store } = opened();
      const notice = aNotice();
      await store.notices.store(notice);
      await store.notices.claim(anyNumber);
      await store.notices.settle(notice.id, 200);
      expect(await store.notices.claim(anyNumber)).toEqual([]);
      expect(await waitFor(async () => (await store.notices.claim(anyNumber))[0])).toStrictEqual(notice);
    });

    it("when it is done, then it never comes again, even if somebody puts it back too late", async () => {
      const { store } = opened();
      const notice = aNotice();
      await store.notices.store(notice);
      await store.notices.claim({ limit: 1, leaseMs: 1 });
      await store.notices.settle(notice.id, "done");
      await store.notices.settle(notice.id, 0);
      await store.notices.settle(newId(), "done");
      expect(await store.notices.claim(anyNumber)).toEqual([]);
    });
  });

  describe("notices of a charge", () => {
    it("when notices are read by their ids, then those come, as they were, with how often they were delivered", async () => {
      const { store, other } = opened();
      const bare = { isSigned: false, signedAt: null, requestId: null };
      const [one, two, stranger] = [aNotice({ rawBody: '{"é": "\u0000",\r\n 1' }), aNotice(bare), aNotice()];
      for (const notice of [one, two, stranger]) await store.notices.store(notice);
      for (const again of [1, 2]) await store.notices.store({ ...one, id: newId(), rawBody: `other body ${again}` });
      const found = await other.notices.listByIds([two.id, newId(), one.id, one.id]);
      expect(found.toSorted((left, right) => right.deliveries - left.deliveries)).toStrictEqual([
        { ...one, deliveries: 3 },
        { ...two, deliveries: 1 },
      ]);
    });

    it("when notices wait, are claimed, put back or done, then they are read all the same, and reading moves nothing", async () => {
      const { store } = opened();
      const notice = aNotice();
      const read = () => store.notices.listByIds([notice.id]);
      await store.notices.store(notice);
      expect(await read()).toHaveLength(1);
      expect(await store.notices.claim(anyNumber)).toStrictEqual([notice]);
      expect(await read()).toHaveLength(1);
      await store.notices.settle(notice.id, "done");
      expect(await read()).toStrictEqual([{ ...notice, deliveries: 1 }]);
      expect(await store.notices.claim(anyNumber)).toEqual([]);
    });

    it("when none is asked for, or only what is no id, then none comes", async () => {
      const { store } = opened();
      await store.notices.store(aNotice());
      expect(await store.notices.listByIds([])).toEqual([]);
      expect(await store.notices.listByIds(["not an id"])).toEqual([]);
    });

    it("when a notice was forgotten, then the others are still read", async () => {
      const { store } = opened();
      const [old, waiting] = [aNotice(), aNotice()];
      await store.notices.store(old);
      await store.notices.store(waiting);
      await store.notices.settle(old.id, "done");
      const left = await waitFor(async () => {
        await store.purge({ days: 0 });
        const kept = await store.notices.listByIds([old.id, waiting.id]);
        return kept.length === 1 ? kept : undefined;
      });
      expect(left).toStrictEqual([{ ...waiting, deliveries: 1 }]);
    });
  });

  describe("purge", () => {
    it("when a notice was worked off long ago, then it is forgotten; one that waits is not", async () => {
      const { store } = opened();
      const [old, waiting] = [aNotice(), aNotice()];
      await store.notices.store(old);
      await store.notices.store(waiting);
      await store.notices.settle(old.id, "done");
      await store.purge({ days: 1 });
      expect(await store.notices.store(aNotice({ dedupeKey: old.dedupeKey }))).toBe("duplicate");
      // A day that lasts no time: what was done before this moment is old. The clock of the database decides.
      await waitFor(async () => {
        await store.purge({ days: 0 });
        return (await store.notices.store(aNotice({ dedupeKey: old.dedupeKey }))) === "stored";
      });
      expect(await store.notices.store(aNotice({ dedupeKey: waiting.dedupeKey }))).toBe("duplicate");
    });
  });
}

/** A notification; give only what matters to the test. */
export function aNotice(differences: Partial<Notice> = {}): Notice {
  return {
    id: newId(),
    receivedAt: new Date(),
    topic: "order",
    resourceId: "ORD01J",
    isSigned: true,
    signedAt: new Date(Date.UTC(2026, 1, 1, 11, 59, 59, 7)),
    requestId: "a-request-id",
    rawBody: '{"action":"order.processed"}',
    dedupeKey: newId(),
    ...differences,
  };
}
