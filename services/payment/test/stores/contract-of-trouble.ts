import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import { aCharge, aFullCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

/** What alarms look at. */
export function contractOfTrouble(opened: () => TestStore): void {
  const [refund] = aFullCharge().refunds;
  if (refund === undefined) throw new Error("the full charge has refunds");
  const withRefund = (status: Charge["refunds"][number]["status"]) =>
    aCharge({ status: "approved", refunds: [{ ...refund, id: newId(), status }] });

  describe("trouble", () => {
    it("when refunds are under way or failed, then their charges are listed, newest first, until they are done", async () => {
      const { store } = opened();
      const charges = (["requested", "done", "in_process", "failed", "unknown"] as const).map(withRefund);
      for (const charge of [...charges, aCharge({ status: "failed" })]) await store.insert(charge);
      const ids = async (limit = 10) => (await store.trouble.listUnsettledRefunds({ limit })).map(({ id }) => id);
      const [requested, , inProcess, failed, unknown] = charges;
      if (requested === undefined) throw new Error("four were made");
      expect(await ids()).toEqual([unknown?.id, failed?.id, inProcess?.id, requested.id]);
      expect(await ids(1)).toEqual([unknown?.id]);
      const done = nextOf(requested, {
        refunds: requested.refunds.map((one) => ({ ...one, status: "done" as const })),
      });
      await store.replace(done, 1);
      expect(await ids()).toEqual([unknown?.id, failed?.id, inProcess?.id]);
    });

    it("when events of a type wait since long, then they are counted, put off and parked ones too, sent ones not", async () => {
      const { store } = opened();
      const type = "comanda.payment.approved";
      const old = { type, at: new Date(Date.now() - 60_000) };
      const soon = new Date(Date.now() + 600_000);
      await store.insert(aCharge({ unsent: [anEvent({ ...old, attempts: 4, availableAt: soon })] }));
      await store.insert(aCharge({ unsent: [anEvent({ ...old, parkedAt: new Date() }), anEvent({ at: old.at })] }));
      await store.insert(aCharge({ unsent: [anEvent({ type, at: new Date() })] }));
      const count = () => store.trouble.countUnsent({ type, before: new Date(Date.now() - 30_000) });
      expect(await count()).toBe(2);
      const sent = aCharge({ unsent: [anEvent(old)] });
      await store.insert(sent);
      expect(await count()).toBe(3);
      for (const event of await store.outbox.claim({ limit: 10, leaseMs: 60_000 })) {
        if (event.subject === sent.id) await store.outbox.settle(event, { outcome: "done" });
      }
      expect(await count()).toBe(2);
      // Put off after four tries: as old as it is, not as its next try.
      expect(await store.outbox.oldestWaitingSeconds()).toBeGreaterThan(55);
    });
  });
}
