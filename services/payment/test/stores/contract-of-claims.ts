import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import { aCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

const now = new Date("2026-03-01T12:00:00.000Z");
const leaseMs = 30_000;

/** Finding charges: those that are due, and those that somebody lists. */
export function contractOfClaims(opened: () => TestStore): void {
  async function insertAll(charges: readonly Charge[]): Promise<void> {
    for (const charge of charges) await opened().store.insert(charge);
  }

  describe("claimDue", () => {
    it("when charges are due, then they come oldest first, up to the limit, and the others do not", async () => {
      const { store } = opened();
      const due = [-1, -5_000, -60_000, 0].map((ms) => aCharge({ nextCheckAt: new Date(now.getTime() + ms) }));
      await insertAll([...due, aCharge({ nextCheckAt: new Date(now.getTime() + 1) }), aCharge({ nextCheckAt: null })]);
      const first = await store.claimDue({ now, limit: 3, leaseMs });
      expect(first.map(({ id }) => id)).toEqual([due[2]?.id, due[1]?.id, due[0]?.id]);
      const rest = await store.claimDue({ now, limit: 3, leaseMs });
      expect(rest.map(({ id }) => id)).toEqual([due[3]?.id]);
    });

    it("when a charge is taken, then it is pushed past its lease, its version stays, and it can be replaced", async () => {
      const { store } = opened();
      const charge = aCharge({ nextCheckAt: now, unsent: [anEvent()] });
      await store.insert(charge);
      const pushed = { ...charge, nextCheckAt: new Date(now.getTime() + leaseMs) };
      expect(await store.claimDue({ now, limit: 10, leaseMs })).toStrictEqual([pushed]);
      expect(await store.get(charge.id)).toStrictEqual(pushed);
      expect(await store.replace(nextOf(charge, { nextCheckAt: null }), 1)).toBe(true);
      expect((await store.get(charge.id))?.nextCheckAt).toBeNull();
    });

    it("when whoever took it died, then it is due again once the lease is over, not before", async () => {
      const { store, other } = opened();
      const charge = aCharge({ nextCheckAt: now });
      await store.insert(charge);
      await store.claimDue({ now, limit: 10, leaseMs });
      const after = (ms: number) => ({ now: new Date(now.getTime() + ms), limit: 10, leaseMs });
      expect(await other.claimDue(after(leaseMs - 1))).toEqual([]);
      expect((await other.claimDue(after(leaseMs))).map(({ id }) => id)).toEqual([charge.id]);
    });

    // A race: two processes must not ask the provider the same thing.
    it("when two processes take 60 due charges at once, then each charge is taken once", async () => {
      const { store, other } = opened();
      await insertAll(Array.from({ length: 60 }, () => aCharge({ nextCheckAt: now })));
      const taken = await Promise.all(
        [store, other, store, other, store, other].map((each) => claimAll(each, { now, limit: 5, leaseMs })),
      );
      expect(taken.flat()).toHaveLength(60);
      expect(new Set(taken.flat()).size).toBe(60);
    });
  });

  describe("list", () => {
    it("when nothing is asked for, then all come, newest first, whole", async () => {
      const { store } = opened();
      const charges = [aCharge(), aCharge({ unsent: [anEvent()] }), aCharge()];
      await insertAll(charges);
      expect(await store.list({ limit: 10 })).toStrictEqual(charges.toReversed());
    });

    it("when an order, a customer or a state is asked for, then only theirs come", async () => {
      const { store } = opened();
      const mine = aCharge({ status: "expired" });
      const second = aCharge({ orderId: mine.orderId, attempt: 2, customerId: mine.customerId });
      const elsewhere = aCharge({ customerId: mine.customerId, status: "approved" });
      await insertAll([mine, second, elsewhere, aCharge({ status: "expired", customerId: null })]);
      const ids = async (filter: object) => (await store.list({ limit: 10, ...filter })).map(({ id }) => id);
      expect(await ids({ orderId: mine.orderId })).toEqual([second.id, mine.id]);
      expect(await ids({ customerId: mine.customerId })).toEqual([elsewhere.id, second.id, mine.id]);
      expect(await ids({ customerId: mine.customerId, status: "expired" })).toEqual([mine.id]);
      expect(await ids({ orderId: newId() })).toEqual([]);
    });

    it("when ids are asked for in capital letters, then they are the same ids", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      const upper = charge.orderId.toUpperCase();
      expect(await store.get(charge.id.toUpperCase())).toStrictEqual(charge);
      expect(await store.listOfOrder(upper)).toHaveLength(1);
      expect(await store.list({ orderId: upper, limit: 1 })).toHaveLength(1);
    });

    it("when pages are read one after the other, then each charge is seen once, in order", async () => {
      const { store } = opened();
      const charges = Array.from({ length: 23 }, () => aCharge({ status: "expired" }));
      await insertAll([...charges, aCharge()]);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.list({ limit: 5, status: "expired", ...(after === undefined ? {} : { after }) });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 5) break;
      }
      expect(seen).toEqual(charges.map(({ id }) => id).toReversed());
    });

    it("when a charge is replaced, then it is listed by its new state only", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      await store.replace(nextOf(charge, { status: "approved" }), 1);
      expect(await store.list({ status: "created", limit: 10 })).toEqual([]);
      expect(await store.list({ status: "approved", limit: 10 })).toHaveLength(1);
    });
  });

  describe("listOfOrder", () => {
    it("when an order had several attempts, then they come by attempt", async () => {
      const { store } = opened();
      const orderId = newId();
      const [one, two, three] = [1, 2, 3].map((attempt) => aCharge({ orderId, attempt, status: "expired" }));
      if (one === undefined || two === undefined || three === undefined) throw new Error("three were made");
      await insertAll([two, three, one]);
      expect(await store.listOfOrder(orderId)).toStrictEqual([one, two, three]);
    });
  });
}

type ClaimOptions = { readonly now: Date; readonly limit: number; readonly leaseMs: number };

async function claimAll(
  store: { claimDue(options: ClaimOptions): Promise<readonly Charge[]> },
  options: ClaimOptions,
): Promise<string[]> {
  const ids: string[] = [];
  // Beaten in one round is not the end: another round may still find something.
  for (let empty = 0; empty < 3; ) {
    const claimed = await store.claimDue(options);
    if (claimed.length === 0) empty += 1;
    ids.push(...claimed.map(({ id }) => id));
  }
  return ids;
}
