import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import type { PaymentStore } from "../../src/storage/charge-store.ts";
import { CHARGE_FORMAT } from "../../src/storage/upgrade-charge.ts";
import { aCharge, aFullCharge, anEvent, nextOf } from "./build-charge.ts";
import { goldenDocuments } from "./contract-of-formats.ts";
import type { StoreHarness, TestStore } from "./store-harness.ts";

/** Documents of past formats are brought up to date in the background, and nobody notices (reliability EV-08, F-58). */
export function contractOfUpgrades(opened: () => TestStore, form: StoreHarness["form"]): void {
  const golden = goldenDocuments(form);

  /** Puts a charge there as a release of long ago left it. */
  async function putOld(charge: Charge, document = golden[0]): Promise<Charge> {
    const { store, overwriteDocument } = opened();
    await store.insert(charge);
    const { id, orderId, attempt } = charge;
    await overwriteDocument(id, { ...document, id, orderId, attempt, version: 1, providerId: `ORD${id}` });
    return read(id);
  }
  async function read(id: string): Promise<Charge> {
    const charge = await opened().store.get(id);
    if (charge === null) throw new Error("it was there");
    return charge;
  }
  const formatsOf = async (charges: readonly Charge[]) =>
    Promise.all(charges.map(async ({ id }) => Reflect.get(Object((await opened().readDocument(id)) ?? {}), "format")));

  /** Goes on with the pass until nothing is left of it, or so many steps were taken. */
  async function walk({ upgrades }: PaymentStore, { steps = 1_000, limit = 2 } = {}): Promise<void> {
    for (let taken = 0; taken < steps; taken += 1) {
      const { after, doneAt } = await upgrades.pass(new Date());
      if (doneAt !== null) return;
      await upgrades.note(await upgrades.step({ after, limit }), new Date());
    }
  }

  describe("bringing documents up to date", () => {
    it("when charges of every format lie there, then all are of the present one, and each reads as it read", async () => {
      const { store } = opened();
      const before: Charge[] = [];
      for (const document of golden) {
        const { unsent, nextCheckAt } = aFullCharge();
        before.push(await putOld(aCharge({ unsent: unsent.map(() => anEvent()), nextCheckAt }), document));
      }
      const young = aFullCharge();
      await store.insert(young);
      await walk(store);
      expect(await formatsOf([...before, young])).toEqual([...before, young].map(() => CHARGE_FORMAT));
      for (const charge of [...before, young]) expect(await read(charge.id)).toStrictEqual(charge);
      const past = golden.filter(({ format }) => format < CHARGE_FORMAT).length;
      expect(await store.upgrades.pass(new Date())).toMatchObject({
        format: CHARGE_FORMAT,
        seen: golden.length + 1,
        upgraded: past,
        unreadable: [],
        doneAt: expect.any(Date),
      });
    });

    it("when its process dies in the middle, then another goes on from there, and nothing is done twice", async () => {
      const { store, other } = opened();
      const charges = [];
      for (let count = 0; count < 5; count += 1) charges.push(await putOld(aCharge()));
      const { since } = await store.upgrades.pass(new Date("2026-01-01T00:00:00.000Z"));
      await walk(store, { steps: 2, limit: 1 });
      // Died before it could note its last step: that one is looked at again.
      const { after } = await store.upgrades.pass(new Date());
      await store.upgrades.step({ after, limit: 1 });
      expect((await formatsOf(charges)).filter((format) => format === CHARGE_FORMAT)).toHaveLength(3);
      await walk(other, { limit: 1 });
      expect(await formatsOf(charges)).toEqual(charges.map(() => CHARGE_FORMAT));
      const pass = await other.upgrades.pass(new Date());
      expect(pass).toMatchObject({ since, seen: 5, upgraded: 4 });
      expect(since).toEqual(new Date("2026-01-01T00:00:00.000Z"));
    });

    it("when two processes do it beside guests who pay and a relay that sends, then nobody's work is lost", async () => {
      const { store, other } = opened();
      const charges: Charge[] = [];
      for (let count = 0; count < 8; count += 1) {
        charges.push(await putOld(aCharge({ unsent: [anEvent(), anEvent()], nextCheckAt: new Date(0) })));
      }
      const CHANGES = 3;
      const change = async (id: string) => {
        for (let made = 0; made < CHANGES; ) {
          const charge = await read(id);
          if (await store.replace(nextOf(charge, { checks: charge.checks + 1 }), charge.version)) made += 1;
        }
      };
      const sent: string[] = [];
      const send = async () => {
        for (let round = 0; round < 12; round += 1) {
          for (const event of await other.outbox.claim({ limit: 4, leaseMs: 60_000 })) {
            await other.outbox.settle(event, { outcome: "done" });
            sent.push(event.id);
          }
        }
      };
      const look = async () => {
        for (let round = 0; round < 6; round += 1) await other.claimDue({ now: new Date(), limit: 3, leaseMs: 1 });
      };
      await Promise.all([...charges.map(({ id }) => change(id)), send(), look(), walk(store), walk(other)]);
      expect(await formatsOf(charges)).toEqual(charges.map(() => CHARGE_FORMAT));
      for (const before of charges) {
        const after = await read(before.id);
        expect([after.version, after.checks]).toEqual([1 + CHANGES, before.checks + CHANGES]);
        expect(after.unsent.filter(({ id }) => sent.includes(id))).toEqual([]);
        expect(after.unsent.length + before.unsent.filter(({ id }) => sent.includes(id)).length).toBe(2);
      }
      expect(new Set(sent).size).toBe(sent.length);
    });

    it("when a document cannot be read, then it is left as it is and named, and the others are brought up to date", async () => {
      const { store, overwriteDocument, readDocument } = opened();
      const broken = await putOld(aCharge());
      await overwriteDocument(broken.id, { ...golden[0], amountCents: "many" });
      const newer = aCharge();
      await store.insert(newer);
      await overwriteDocument(newer.id, { format: CHARGE_FORMAT + 1, written: "by the release after this one" });
      const good = await putOld(aCharge());
      await walk(store);
      expect(await readDocument(broken.id)).toMatchObject({ format: golden[0]?.format, amountCents: "many" });
      expect(await readDocument(newer.id)).toMatchObject({ format: CHARGE_FORMAT + 1 });
      expect(await formatsOf([good])).toEqual([CHARGE_FORMAT]);
      const { unreadable } = await store.upgrades.pass(new Date());
      expect(unreadable).toEqual([broken.id]);
    });
  });
}
