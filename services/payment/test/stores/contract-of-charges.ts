import { CHARGE_STATUSES } from "@comanda/contracts";
import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import { UniqueRuleError } from "../../src/storage/unique-rule-error.ts";
import { CHARGE_FORMAT } from "../../src/storage/upgrade-charge.ts";
import { aCharge, aFullCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

const OPEN = ["created", "pending", "in_process"] as const;
const many = Array.from({ length: 50 }, (_, index) => index);

/** Writing, reading and changing charges. */
export function contractOfCharges(opened: () => TestStore): void {
  describe("insert", () => {
    it("when a charge is new, then it is written and read back with every field, date and letter as it was", async () => {
      const { store } = opened();
      const charge = aFullCharge();
      expect(await store.insert(charge)).toEqual({ inserted: true, charge });
      expect(await store.get(charge.id)).toStrictEqual(charge);
    });

    it("when everything that may be empty is empty, then it is read back empty", async () => {
      const { store } = opened();
      const charge = aCharge({ customerId: null, description: "", items: [] });
      await store.insert(charge);
      expect(await store.get(charge.id)).toStrictEqual(charge);
    });

    it("when a charge is in any state of its life, then it is read back in that state", async () => {
      const { store } = opened();
      for (const status of CHARGE_STATUSES) {
        const charge = aCharge({ status });
        await store.insert(charge);
        expect((await store.get(charge.id))?.status).toBe(status);
      }
    });

    it("when the same charge comes again, then the first stays and is answered", async () => {
      const { store } = opened();
      const first = aCharge({ unsent: [anEvent()] });
      await store.insert(first);
      expect(await store.insert({ ...first, amountCents: 1 })).toStrictEqual({ inserted: false, charge: first });
      expect(await store.get(first.id)).toStrictEqual(first);
    });

    it("when another charge has its order and attempt, then that one is answered and no event is added", async () => {
      const { store } = opened();
      const first = aCharge();
      await store.insert(first);
      const second = aCharge({ orderId: first.orderId, unsent: [anEvent()] });
      expect(await store.insert(second)).toStrictEqual({ inserted: false, charge: first });
      expect(await store.get(second.id)).toBeNull();
      expect(await store.outbox.claim({ limit: 10, leaseMs: 1_000 })).toEqual([]);
    });

    it("when another charge has its order and attempt and is closed, then that one is answered still", async () => {
      const { store } = opened();
      const first = aCharge({ status: "expired" });
      await store.insert(first);
      const answer = await store.insert(aCharge({ orderId: first.orderId }));
      expect(answer).toStrictEqual({ inserted: false, charge: first });
    });

    it.each(OPEN)(
      "when an earlier attempt of the order is %s, then it is answered and none is opened",
      async (status) => {
        const { store } = opened();
        const first = aCharge({ status });
        await store.insert(first);
        const answer = await store.insert(aCharge({ orderId: first.orderId, attempt: 2 }));
        expect(answer).toStrictEqual({ inserted: false, charge: first });
      },
    );

    it("when the earlier attempt of the order is closed, then the next one opens", async () => {
      const { store } = opened();
      const first = aCharge({ status: "rejected" });
      await store.insert(first);
      const second = aCharge({ orderId: first.orderId, attempt: 2 });
      expect((await store.insert(second)).inserted).toBe(true);
      expect((await store.listOfOrder(first.orderId)).map(({ id }) => id)).toEqual([first.id, second.id]);
    });

    it("when an attempt is open, then a closed one of the same order may be recorded beside it", async () => {
      const { store } = opened();
      const first = aCharge();
      await store.insert(first);
      const closed = aCharge({ orderId: first.orderId, attempt: 2, status: "failed" });
      expect((await store.insert(closed)).inserted).toBe(true);
    });

    it("when its provider id belongs to another charge, then it is refused aloud and nothing is written", async () => {
      const { store } = opened();
      await store.insert(aCharge({ providerId: "ORD-1" }));
      const second = aCharge({ providerId: "ORD-1", unsent: [anEvent()] });
      await expect(store.insert(second)).rejects.toMatchObject({ name: "UniqueRuleError", rule: "provider_id" });
      expect(await store.get(second.id)).toBeNull();
    });

    it("when many charges have no provider id and no customer, then they do not stand in each other's way", async () => {
      const { store } = opened();
      const answers = await Promise.all(many.map(() => store.insert(aCharge({ customerId: null }))));
      expect(answers.every(({ inserted }) => inserted)).toBe(true);
    });

    // A race: two requests for the same payment must not become two charges of the customer.
    it("when 50 writers insert one order and attempt at once, then one wins and all are told the same one", async () => {
      const { store, other } = opened();
      const orderId = newId();
      const answers = await Promise.all(
        many.map((index) => (index % 2 === 0 ? store : other).insert(aCharge({ orderId, unsent: [anEvent()] }))),
      );
      expect(answers.filter(({ inserted }) => inserted)).toHaveLength(1);
      expect(new Set(answers.map(({ charge }) => charge.id)).size).toBe(1);
      expect(await store.listOfOrder(orderId)).toHaveLength(1);
      expect(await store.outbox.claim({ limit: 100, leaseMs: 60_000 })).toHaveLength(1);
    });

    // A race: one order must not be payable twice.
    it("when 50 writers open 50 attempts of one order at once, then one is open and all are told it", async () => {
      const { store, other } = opened();
      const orderId = newId();
      const answers = await Promise.all(
        many.map((index) => (index % 2 === 0 ? store : other).insert(aCharge({ orderId, attempt: index + 1 }))),
      );
      expect(answers.filter(({ inserted }) => inserted)).toHaveLength(1);
      expect(new Set(answers.map(({ charge }) => charge.id)).size).toBe(1);
      expect(await store.listOfOrder(orderId)).toHaveLength(1);
    });
  });

  describe("get", () => {
    it("when there is no such charge, or the id is none, then the answer is null", async () => {
      const { store } = opened();
      expect(await store.get(newId())).toBeNull();
      expect(await store.get("1' or '1'='1")).toBeNull();
      expect(await store.getByProviderId("ORD-unknown")).toBeNull();
      expect(await store.listOfOrder(newId())).toEqual([]);
    });

    it("when a charge has a provider id, then it is found by it, the letter case mattering", async () => {
      const { store } = opened();
      const charge = aCharge({ providerId: "ORD01J" });
      await store.insert(charge);
      expect(await store.getByProviderId("ORD01J")).toStrictEqual(charge);
      expect(await store.getByProviderId("ord01j")).toBeNull();
    });

    it("when a document has a newer format, then reading it fails and says so", async () => {
      const { store, overwriteDocument } = opened();
      const charge = aCharge();
      await store.insert(charge);
      await overwriteDocument(charge.id, { format: 999, id: charge.id });
      await expect(store.get(charge.id)).rejects.toThrow(/its format is 999/);
    });

    it("when a document is damaged, then reading it fails and names the place", async () => {
      const { store, overwriteDocument } = opened();
      const charge = aCharge();
      await store.insert(charge);
      await overwriteDocument(charge.id, { format: CHARGE_FORMAT, id: charge.id, amountCents: "2590" });
      await expect(store.get(charge.id)).rejects.toThrow(new RegExp(charge.id));
    });
  });

  describe("replace", () => {
    it("when the version is the one that was read, then every changed field is there", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      const next = { ...aFullCharge(), id: charge.id, orderId: charge.orderId, attempt: charge.attempt, version: 2 };
      expect(await store.replace(next, 1)).toBe(true);
      expect(await store.get(charge.id)).toStrictEqual(next);
      expect((await store.getByProviderId("ORD01JXYZ"))?.id).toBe(charge.id);
    });

    it("when the version has moved on, then nothing changes and no event is added", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      const second = nextOf(charge, { status: "pending" });
      await store.replace(second, 1);
      expect(await store.replace(nextOf(charge, { status: "failed", unsent: [anEvent()] }), 1)).toBe(false);
      expect(await store.get(charge.id)).toStrictEqual(second);
    });

    it("when there is no such charge, then the answer is false and none is made", async () => {
      const { store } = opened();
      const charge = aCharge({ version: 2 });
      expect(await store.replace(charge, 1)).toBe(false);
      expect(await store.get(charge.id)).toBeNull();
    });

    it("when the version does not rise by one, then it is a bug and said so", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      await expect(store.replace({ ...charge, version: 3 }, 1)).rejects.toThrow(RangeError);
    });

    it("when its provider id belongs to another charge, then it is refused aloud and stays as it was", async () => {
      const { store } = opened();
      await store.insert(aCharge({ providerId: "ORD-1" }));
      const charge = aCharge();
      await store.insert(charge);
      const next = nextOf(charge, { providerId: "ORD-1", unsent: [anEvent()] });
      await expect(store.replace(next, 1)).rejects.toThrow(UniqueRuleError);
      expect(await store.get(charge.id)).toStrictEqual(charge);
    });

    it("when it would open a second charge of its order, then it is refused aloud", async () => {
      const { store } = opened();
      const first = aCharge({ status: "expired" });
      await store.insert(first);
      await store.insert(aCharge({ orderId: first.orderId, attempt: 2 }));
      await expect(store.replace(nextOf(first, { status: "pending" }), 1)).rejects.toMatchObject({
        rule: "open_charge",
      });
    });

    it("when a charge closes, then its order may open the next one", async () => {
      const { store } = opened();
      const first = aCharge();
      await store.insert(first);
      await store.replace(nextOf(first, { status: "cancelled" }), 1);
      expect((await store.insert(aCharge({ orderId: first.orderId, attempt: 2 }))).inserted).toBe(true);
    });

    // A race: two decisions on one charge must never both take effect.
    it("when 50 writers replace one version at once, then exactly one wins, with its event", async () => {
      const { store, other } = opened();
      const charge = aCharge();
      await store.insert(charge);
      const nexts = many.map((index) => nextOf(charge, { checks: index, unsent: [anEvent({ data: { index } })] }));
      const won = await Promise.all(nexts.map((next, index) => (index % 2 === 0 ? store : other).replace(next, 1)));
      const winners = nexts.filter((_, index) => won[index]);
      expect(winners).toHaveLength(1);
      expect(await store.get(charge.id)).toStrictEqual(winners[0]);
    });

    it("when 10 writers change one charge 5 times each, reading again when beaten, then 50 changes are there", async () => {
      const { store } = opened();
      const charge = aCharge();
      await store.insert(charge);
      await Promise.all(many.slice(0, 10).map((writer) => changeTimes(store, { id: charge.id, writer, times: 5 })));
      const last = await store.get(charge.id);
      expect(last?.version).toBe(51);
      expect(last?.entries).toHaveLength(50);
    });
  });
}

async function changeTimes(
  store: { get(id: string): Promise<Charge | null>; replace(charge: Charge, version: number): Promise<boolean> },
  { id, writer, times }: { id: string; writer: number; times: number },
): Promise<void> {
  for (let done = 0; done < times; ) {
    const charge = await store.get(id);
    if (charge === null) throw new Error("the charge is gone");
    const entry = { at: new Date(), kind: "decision", summary: `${writer}/${done}`, detail: {} } as const;
    if (await store.replace(nextOf(charge, { entries: [...charge.entries, entry] }), charge.version)) done += 1;
  }
}
