import { type AuditEntry, cutOldEntries, verifyTrail } from "@comanda/audit";
import { newId, systemClock } from "@comanda/primitives";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StoreHarness } from "./store-harness.ts";

const yearsAgo = (years: number) => new Date(Date.now() - years * 365.25 * 86_400_000);

function anEntry(at: Date): AuditEntry {
  const actor = { id: newId(), role: "cashier" };
  const what = { action: "refund-charge", outcome: "ok", actor, target: null, address: null } as const;
  return { id: newId(), at, ...what, requestId: null, details: {} };
}

/** The oldest part of the trail goes after its years, and what is left proves itself (ADR 0034). */
export function contractOfCutAudit({ open }: StoreHarness): void {
  describe("cutting the audit", () => {
    /** A trail of its own: what the other tests wrote is young. */
    async function openTrail(ages: readonly number[]) {
      const { store, other, close } = await open();
      onTestFinished(close);
      for (const age of ages) await store.audit.append(anEntry(yearsAgo(age)));
      return { trail: store.audit, other: other.audit };
    }

    it("when five years are over, then the rows of before are gone, and the chain is verified from there on", async () => {
      const { trail, other } = await openTrail([7, 6, 5.5, 1, 0]);
      const noted = (await trail.read(2, 1))[0];
      expect(await cutOldEntries({ trail, clock: systemClock })).toBe(3);
      const rows = await other.list({ limit: 10 });
      expect(rows.map(({ seq }) => seq)).toEqual([6, 5, 4]);
      expect(JSON.parse(rows[0]?.content ?? "")).toMatchObject({
        ...{ action: "cut-audit", actor: null },
        details: { rows: 3, up_to: 3, hash: noted?.hash.toString("hex") },
      });
      await other.append(anEntry(new Date()));
      expect(await other.anchor()).toEqual({ seq: 3, hash: noted?.hash });
      expect(await verifyTrail(other)).toMatchObject({ isIntact: true, rows: 4, anchor: { seq: 3 }, head: { seq: 7 } });
      expect(await cutOldEntries({ trail, clock: systemClock })).toBe(0);
    });

    it("when it is not a month's worth, then nothing goes", async () => {
      const { trail } = await openTrail([5.05, 1]);
      expect(await cutOldEntries({ trail, clock: systemClock })).toBe(0);
      expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 2, anchor: { seq: 0 } });
    });

    it("when all of it is old, then the newest row stays, and what comes is chained to it", async () => {
      const { trail } = await openTrail([8, 7, 6]);
      expect(await cutOldEntries({ trail, clock: systemClock })).toBe(2);
      expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 2, anchor: { seq: 2 }, head: { seq: 4 } });
    });

    it("when two processes cut at once, while others write, then there is one chain", async () => {
      const { trail, other } = await openTrail([9, 8, 7, 6, 1]);
      await Promise.all([
        ...[trail, other].map((each) => cutOldEntries({ trail: each, clock: systemClock })),
        ...Array.from({ length: 20 }, (_, turn) => (turn % 2 ? trail : other).append(anEntry(new Date()))),
      ]);
      expect(await verifyTrail(other)).toMatchObject({ isIntact: true, anchor: { seq: 4 } });
      expect((await trail.list({ limit: 100 })).at(-1)?.seq).toBe(5);
    });
  });
}
