import { newId } from "@comanda/primitives";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Charge } from "../domain/charge.ts";
import { makeFindCharge, type Seeker } from "./find-charge.ts";

// Counted and not timed: what takes the same look-ups takes the same time, on any machine.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store that holds these, and counts how often it is asked. */
function storeOf(...ids: readonly string[]) {
  const looked: string[] = [];
  const get = async (id: string) => {
    looked.push(id);
    return ids.includes(id) ? ({ id } as Charge) : null; // of a charge only its id is looked at
  };
  const desk = { store: { get }, clock: { now: () => new Date() } } as unknown as Parameters<typeof makeFindCharge>[0]; // as far as it is used
  return { looked, findCharge: makeFindCharge(desk) };
}

const guest: Seeker = { guestId: "ana", sees: () => false };
const payer: Seeker = { guestId: "bia", sees: () => true };

describe("makeFindCharge", () => {
  it("when a charge is somebody else's, then it is looked for as often and as long as one that is not there", async () => {
    const paths = [];
    for (const isThere of [true, false]) {
      const id = newId();
      const { looked, findCharge } = storeOf(...(isThere ? [id] : []));
      const begun = Date.now();
      const found = findCharge(id, guest);
      await vi.runAllTimersAsync();
      paths.push({ found: await found, looks: looked.length, tookMs: Date.now() - begun });
    }
    expect(paths).toEqual(Array(2).fill({ found: null, looks: 9, tookMs: 2_000 }));
  });

  it("when a charge is old, then nobody waits for it, whoever's it is", async () => {
    const id = "01900000-0000-7000-8000-000000000000";
    const { looked, findCharge } = storeOf(id);
    expect([await findCharge(id, guest), await findCharge(id, payer)]).toEqual([null, { id }]);
    expect(looked).toHaveLength(2);
  });

  it("when one guest asks for many young ids at once, then five wait, and the others' places stay free", async () => {
    const { looked, findCharge } = storeOf();
    const asked = Array.from({ length: 50 }, () => findCharge(newId(), guest));
    await vi.advanceTimersByTimeAsync(0);
    expect(looked).toHaveLength(50);
    const late = findCharge(newId(), payer);
    await vi.runAllTimersAsync();
    expect(await Promise.all([...asked, late])).toEqual(Array(51).fill(null));
    expect(looked).toHaveLength(51 + 6 * 8);
    // Their places are free again.
    const again = findCharge(newId(), guest);
    await vi.runAllTimersAsync();
    await again;
    expect(looked).toHaveLength(51 + 7 * 8 + 1);
  });
});
