import type { ClaimedEvent } from "@comanda/messaging";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { describe, expect, it } from "vitest";
import type { Charge, UnsentEvent } from "../../src/domain/charge.ts";
import type { ChargeStore } from "../../src/storage/charge-store.ts";
import { aCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

const done = { outcome: "done" } as const;
const retry = (retryInMs: number) => ({ outcome: "retry", reason: "503", retryInMs }) as const;
const park = { outcome: "park", reason: "unknown event type" } as const;
const anyNumber = { limit: 100, leaseMs: 60_000 };
const RACE_ROUNDS = 40;

/** The unsent events inside the charges, as the relay sees them. */
export function contractOfOutbox(opened: () => TestStore): void {
  async function insertWith(...unsent: readonly UnsentEvent[]): Promise<Charge> {
    const charge = aCharge({ unsent });
    await opened().store.insert(charge);
    return charge;
  }

  describe("claim", () => {
    it("when an event waits, then it comes with its type, data, time and trace, its charge as the subject", async () => {
      const { store } = opened();
      const event = anEvent({ data: { a: [1, "é", null] }, traceparent: "00-0af7-b7ad-01" });
      const charge = await insertWith(event);
      expect(await store.outbox.claim(anyNumber)).toStrictEqual([
        {
          id: event.id,
          type: event.type,
          subject: charge.id,
          time: event.at,
          data: event.data,
          traceparent: event.traceparent,
          attempts: 1,
        },
      ]);
    });

    it("when a charge has several events, then they come one after the other, oldest first", async () => {
      const { store } = opened();
      const events = [anEvent(), anEvent(), anEvent()];
      const charge = await insertWith(...events.slice(0, 2));
      await store.replace(nextOf(charge, { unsent: events }), 1);
      const order: string[] = [];
      for (let claimed = await claimOne(store); claimed !== null; claimed = await claimOne(store)) {
        order.push(claimed.id);
        expect(await claimOne(store)).toBeNull();
        await store.outbox.settle(claimed, done);
      }
      expect(order).toEqual(events.map(({ id }) => id));
    });

    it("when events of many charges wait, then they come side by side, up to the limit", async () => {
      const { store } = opened();
      for (let index = 0; index < 7; index += 1) await insertWith(anEvent(), anEvent());
      expect(await store.outbox.claim({ limit: 5, leaseMs: 60_000 })).toHaveLength(5);
      expect(await store.outbox.claim({ limit: 5, leaseMs: 60_000 })).toHaveLength(2);
      expect(await store.outbox.claim({ limit: 5, leaseMs: 60_000 })).toHaveLength(0);
    });

    it("when an event is not due yet, then it waits, and the later ones of its charge with it", async () => {
      const { store } = opened();
      await insertWith(anEvent({ availableAt: new Date(Date.now() + 60_000) }), anEvent());
      expect(await store.outbox.claim(anyNumber)).toEqual([]);
    });

    it("when the clock of its writer is five minutes ahead, then it is said at once all the same", async () => {
      const { store } = opened();
      const ahead = new Date(Date.now() + 300_000);
      const early = () => anEvent({ at: ahead, availableAt: ahead });
      const charge = await insertWith(early());
      await store.replace(nextOf(charge, { unsent: [...charge.unsent, early()] }), 1);
      for (let count = 0; count < 2; count += 1) await store.outbox.settle(await claimed(store), done);
    });

    it("when the relay died, then the event is claimed again after its lease, counting the try", async () => {
      const { store, other } = opened();
      await insertWith(anEvent());
      const [first] = await store.outbox.claim({ limit: 1, leaseMs: 200 });
      expect(await other.outbox.claim(anyNumber)).toEqual([]);
      const again = await waitFor(() => claimOne(other));
      expect(again).toStrictEqual({ ...first, attempts: 2 });
    });

    // A race: an event that two relays hold is said twice for nothing.
    it("when two relays claim 30 events at once, then each event is claimed once", async () => {
      const { store, other } = opened();
      for (let index = 0; index < 30; index += 1) await insertWith(anEvent());
      const claims = await Promise.all(
        [store, other, store, other].map(async (each) => {
          const claimed: ClaimedEvent[] = [];
          for (let empty = 0; empty < 3; ) {
            const events = await each.outbox.claim({ limit: 7, leaseMs: 60_000 });
            if (events.length === 0) empty += 1;
            claimed.push(...events);
          }
          return claimed.map(({ id }) => id);
        }),
      );
      expect(claims.flat()).toHaveLength(30);
      expect(new Set(claims.flat()).size).toBe(30);
    });
  });

  describe("settle", () => {
    it("when an event is done, then it is gone from the charge, whose version stays", async () => {
      const { store } = opened();
      const [first, second] = [anEvent(), anEvent()];
      const charge = await insertWith(first, second);
      await store.outbox.settle(await claimed(store), done);
      expect(await store.get(charge.id)).toStrictEqual({ ...charge, unsent: [second] });
      expect(await store.replace(nextOf(charge), 1)).toBe(true);
    });

    it("when an event is done twice, then the second time changes nothing", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent(), anEvent());
      const event = await claimed(store);
      await store.outbox.settle(event, done);
      await store.outbox.settle(event, done);
      expect((await store.get(charge.id))?.unsent).toHaveLength(1);
    });

    it("when an event is to be tried again, then it comes after the wait, with its reason kept", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent(), anEvent());
      const event = await claimed(store);
      await store.outbox.settle(event, retry(200));
      expect(await claimOne(store)).toBeNull();
      expect((await store.get(charge.id))?.unsent[0]).toMatchObject({
        attempts: 1,
        lastError: "503",
        lockedUntil: null,
      });
      expect(await waitFor(() => claimOne(store))).toStrictEqual({ ...event, attempts: 2 });
    });

    it("when an event that was done is settled otherwise too late, then it stays done", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent());
      const event = await claimed(store);
      await store.outbox.settle(event, done);
      await store.outbox.settle(event, retry(0));
      await store.outbox.settle(event, park);
      expect((await store.get(charge.id))?.unsent).toEqual([]);
      expect(await claimOne(store)).toBeNull();
      expect(await store.outbox.listParked(10)).toEqual([]);
    });

    it("when an event that was parked turns out to be delivered, then it is done", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent());
      const event = await claimed(store);
      await store.outbox.settle(event, park);
      await store.outbox.settle(event, done);
      expect(await store.outbox.listParked(10)).toEqual([]);
      expect(await store.outbox.retryParked(event.id)).toBe(false);
      expect((await store.get(charge.id))?.unsent).toEqual([]);
    });

    it("when an event is parked, then it is listed with its reason, and the later ones of its charge pass it", async () => {
      const { store } = opened();
      const [bad, good] = [anEvent(), anEvent()];
      const charge = await insertWith(bad, good);
      await store.outbox.settle(await claimed(store), park);
      const parked = await store.outbox.listParked(10);
      expect(parked).toStrictEqual([
        {
          id: bad.id,
          type: bad.type,
          subject: charge.id,
          attempts: 1,
          reason: park.reason,
          parkedAt: expect.any(Date),
        },
      ]);
      expect((await claimOne(store))?.id).toBe(good.id);
      expect((await store.get(charge.id))?.unsent.map(({ id }) => id)).toEqual([bad.id, good.id]);
    });

    it("when the charge is gone or the event unknown, then settling is quiet", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent());
      const event = await claimed(store);
      await store.outbox.settle({ ...event, id: newId() }, done);
      await store.outbox.settle({ ...event, id: newId(), subject: newId() }, retry(0));
      expect((await store.get(charge.id))?.unsent).toHaveLength(1);
    });
  });

  describe("parked events", () => {
    it("when one is retried, then it is back in line from its first try", async () => {
      const { store } = opened();
      const charge = await insertWith(anEvent({ attempts: 99 }));
      const event = await claimed(store);
      expect(event.attempts).toBe(100);
      await store.outbox.settle(event, park);
      expect(await store.outbox.retryParked(event.id)).toBe(true);
      expect(await store.outbox.listParked(10)).toEqual([]);
      expect(await claimed(store)).toStrictEqual({ ...event, attempts: 1 });
      expect((await store.get(charge.id))?.version).toBe(1);
    });

    it("when there is none of that id, or it is not parked, then the answer is false", async () => {
      const { store } = opened();
      const event = anEvent();
      await insertWith(event);
      expect(await store.outbox.retryParked(event.id)).toBe(false);
      expect(await store.outbox.retryParked(newId())).toBe(false);
      expect(await store.outbox.retryParked("no id at all")).toBe(false);
    });

    it("when more are parked than asked for, then only so many come", async () => {
      const { store } = opened();
      for (let index = 0; index < 5; index += 1) await insertWith(anEvent());
      for (const event of await store.outbox.claim(anyNumber)) await store.outbox.settle(event, park);
      expect(await store.outbox.listParked(3)).toHaveLength(3);
      expect(await store.outbox.listParked(10)).toHaveLength(5);
    });
  });

  describe("oldestWaitingSeconds", () => {
    it("when nothing is due, then it is 0: no event, a later one, a parked one", async () => {
      const { store } = opened();
      expect(await store.outbox.oldestWaitingSeconds()).toBe(0);
      await insertWith(anEvent({ availableAt: new Date(Date.now() + 60_000) }));
      await insertWith(anEvent({ availableAt: new Date(Date.now() - 60_000), parkedAt: new Date(), lastError: "x" }));
      expect(await store.outbox.oldestWaitingSeconds()).toBe(0);
    });

    it("when events wait, then it is the age of the oldest, and falls when that is sent", async () => {
      const { store } = opened();
      const ago = (seconds: number) => anEvent({ availableAt: new Date(Date.now() - seconds * 1_000) });
      await insertWith(ago(90));
      expect(await store.outbox.oldestWaitingSeconds()).toBeGreaterThan(89);
      expect(await store.outbox.oldestWaitingSeconds()).toBeLessThan(120);
      await store.outbox.settle(await claimed(store), done);
      expect(await store.outbox.oldestWaitingSeconds()).toBe(0);
    });
  });

  describe("replace beside the relay", () => {
    it("when a charge was read before its event was sent, then replacing it does not say the event again", async () => {
      const { store } = opened();
      const event = anEvent();
      const read = await insertWith(event);
      await store.outbox.settle(await claimed(store), done);
      const added = anEvent();
      expect(await store.replace(nextOf(read, { unsent: [...read.unsent, added] }), 1)).toBe(true);
      expect((await store.get(read.id))?.unsent).toStrictEqual([added]);
    });

    it("when a charge was read before its event was leased, then replacing it does not lift the lease", async () => {
      const { store } = opened();
      const read = await insertWith(anEvent());
      const event = await claimed(store);
      await store.replace(nextOf(read, { unsent: [...read.unsent, anEvent()] }), 1);
      expect(await claimOne(store)).toBeNull();
      expect((await store.get(read.id))?.unsent[0]?.attempts).toBe(event.attempts);
    });

    it("when the new version leaves out an event that still waits, then the event stays", async () => {
      const { store } = opened();
      const event = anEvent();
      const read = await insertWith(event);
      await store.replace(nextOf(read, { unsent: [] }), 1);
      expect((await store.get(read.id))?.unsent).toStrictEqual([event]);
    });

    // A race, and the reason for this suite: an event lost is an order never made, an event back is one said twice.
    it("when relay and writer race over one charge, then each event is delivered once, none is lost or back", async () => {
      const { store, other } = opened();
      const delivered: string[] = [];
      const charge = await insertWith(anEvent());
      const said = [charge.unsent[0]?.id];
      let isWriting = true;
      const relay = async (each: ChargeStore): Promise<void> => {
        // A claim that was under way when the last event was written may have missed it, and proves nothing.
        for (let quiet = 0; quiet < 3; ) {
          const isEarly = isWriting;
          const events = await each.outbox.claim(anyNumber);
          quiet = isEarly || events.length > 0 ? 0 : quiet + 1;
          for (const event of events) {
            delivered.push(event.id);
            await each.outbox.settle(event, done);
          }
        }
      };
      const write = async (): Promise<void> => {
        for (let round = 0; round < RACE_ROUNDS; round += 1) {
          const read = await store.get(charge.id);
          if (read === null) throw new Error("the charge is gone");
          const event = anEvent();
          said.push(event.id);
          expect(await store.replace(nextOf(read, { unsent: [...read.unsent, event] }), read.version)).toBe(true);
        }
        isWriting = false;
      };
      await Promise.all([relay(store), relay(other), write()]);
      expect(delivered).toEqual(said);
      expect((await store.get(charge.id))?.unsent).toEqual([]);
    });
  });
}

async function claimOne(store: ChargeStore): Promise<ClaimedEvent | null> {
  return (await store.outbox.claim({ limit: 1, leaseMs: 60_000 }))[0] ?? null;
}

async function claimed(store: ChargeStore): Promise<ClaimedEvent> {
  const event = await claimOne(store);
  if (event === null) throw new Error("an event should be waiting");
  return event;
}
