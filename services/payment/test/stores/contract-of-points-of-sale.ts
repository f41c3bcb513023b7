import { newId } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { aCharge, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

const at = new Date("2026-02-28T12:34:56.789Z");

/** What stands beside the devices, and who is at a card terminal. */
export function contractOfPointsOfSale(opened: () => TestStore): void {
  describe("points of sale", () => {
    it("when one is put, then it is read as it was, by every process, and put again it is replaced", async () => {
      const { store, other } = opened();
      const first = { deviceId: newId(), externalPosId: "CAIXA1", terminalId: null, updatedAt: at };
      await store.pointsOfSale.put(first);
      expect(await other.pointsOfSale.get(first.deviceId)).toStrictEqual(first);
      const second = { ...first, externalPosId: null, terminalId: "NEWLAND_N950__1" };
      await other.pointsOfSale.put(second);
      expect(await store.pointsOfSale.get(first.deviceId)).toStrictEqual(second);
      expect(await store.pointsOfSale.list()).toStrictEqual([second]);
    });

    it("when one names nothing, then it is forgotten; and one that never was is not there", async () => {
      const { store } = opened();
      const known = { deviceId: newId(), externalPosId: "CAIXA1", terminalId: null, updatedAt: at };
      await store.pointsOfSale.put(known);
      await store.pointsOfSale.put({ ...known, externalPosId: null });
      expect(await store.pointsOfSale.list()).toEqual([]);
      expect(await store.pointsOfSale.get(known.deviceId)).toBeNull();
      expect(await store.pointsOfSale.get("no-id")).toBeNull();
    });

    it("when 20 are put at once for one device, then one of them stands", async () => {
      const { store, other } = opened();
      const deviceId = newId();
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 ? store : other).pointsOfSale.put({
            deviceId,
            externalPosId: `CAIXA${index}`,
            terminalId: null,
            updatedAt: at,
          }),
        ),
      );
      expect(await store.pointsOfSale.list()).toHaveLength(1);
    });

    it("when a charge is open at a terminal, then the terminal is busy with it until it has ended", async () => {
      const { store } = opened();
      const place = { deviceId: newId(), externalPosId: null, terminalId: "NEWLAND_N950__1" };
      await store.insert(aCharge({ method: "qr", place }));
      await store.insert(aCharge({ method: "terminal", place: { ...place, terminalId: "NEWLAND_N950__2" } }));
      expect(await store.getOpenAtTerminal(place.terminalId)).toBeNull();
      const charge = aCharge({ method: "terminal", place });
      await store.insert(charge);
      for (const status of ["pending", "in_process", "cancelled"] as const) {
        expect((await store.getOpenAtTerminal(place.terminalId))?.id).toBe(charge.id);
        const present = (await store.get(charge.id)) ?? charge;
        await store.replace(nextOf(present, { status }), present.version);
      }
      expect(await store.getOpenAtTerminal(place.terminalId)).toBeNull();
    });
  });
}
