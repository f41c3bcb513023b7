import { type AuditEntry, keysOf, verifyTrail } from "@comanda/audit";
import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import type { TestStore } from "./store-harness.ts";

/** What the staff did with money, chained (reliability OP-65). */
export function contractOfAudit(opened: () => TestStore): void {
  describe("audit", () => {
    it("when two processes write at once, then there is one chain that holds everything", async () => {
      const { store, other } = opened();
      const before = (await store.audit.head()).seq;
      await Promise.all(
        Array.from({ length: 40 }, (_, turn) =>
          (turn % 2 ? store : other).audit.append(anEntry({ details: { turn } })),
        ),
      );
      expect(await verifyTrail(other.audit)).toMatchObject({ isIntact: true, rows: before + 40 });
      expect((await other.audit.head()).seq).toBe(before + 40);
    });

    it("when it is searched, then by who, what, whom, what came of it and when, newest first", async () => {
      const { store } = opened();
      const who = newId();
      const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour));
      const actor = { id: who, role: "cashier" };
      const charge = { kind: "payments", id: newId() };
      await store.audit.append(anEntry({ actor, at: at(8), outcome: "asked", target: charge }));
      await store.audit.append(anEntry({ actor, at: at(9), target: charge }));
      await store.audit.append(anEntry({ actor, at: at(10), action: "cancel-charge" }));
      const first = (await store.audit.head()).seq - 2;
      const found = async (query: object) =>
        (await store.audit.list({ limit: 10, actorId: who, ...query })).map(({ seq }) => seq - first);
      expect(await found({})).toEqual([2, 1, 0]);
      expect(await found({ limit: 1, before: first + 2 })).toEqual([1]);
      expect(await found({ outcome: "asked" })).toEqual([0]);
      expect(await found({ action: "cancel-charge" })).toEqual([2]);
      expect(await found({ targetId: charge.id })).toEqual([1, 0]);
      expect(await found({ from: at(9), to: at(10) })).toEqual([1]);
    });

    it("when a row is verified, then what it is found by is read beside its text", async () => {
      const { store } = opened();
      const entry = anEntry({ target: { kind: "payments", id: newId() } });
      await store.audit.append(entry);
      const { seq } = await store.audit.head();
      expect((await store.audit.read(seq - 1, 1))[0]).toMatchObject({ seq, ...keysOf(entry) });
    });

    it("when a row is read, then its text is what was hashed, to the last letter", async () => {
      const { store } = opened();
      const entry = anEntry({ details: { reason: "São João 🍇 \u2028", "x.$y": 1 } });
      await store.audit.append(entry);
      const [row] = await store.audit.list({ limit: 1 });
      expect(JSON.parse(row?.content ?? "")).toMatchObject({ id: entry.id, details: entry.details, seq: row?.seq });
    });
  });
}

function anEntry(difference: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    at: new Date(),
    action: "refund-charge",
    outcome: "ok",
    actor: { id: newId(), role: "admin" },
    target: null,
    address: "203.0.113.7",
    requestId: "a-request",
    details: {},
    ...difference,
  };
}
