import { type Id, idTimeMs } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { ChargeDesk } from "./charge-desk.ts";

const YOUNG_MS = 10_000;
const WAIT_MS = 2_000;
const POLL_MS = 50;
/** Somebody who invents young ids must not fill the house with waiting requests. */
const WAITING_MAX = 100;

/**
 * Finds a charge that was perhaps only announced: the order tells its guest the id at once, the charge itself follows
 * within moments. For an id that was made in the last 10 s it is waited up to 2 s.
 */
export function makeFindCharge(desk: Pick<ChargeDesk, "store" | "clock">): (id: Id) => Promise<Charge | null> {
  let waiting = 0;

  async function waitFor(id: Id): Promise<Charge | null> {
    const until = performance.now() + WAIT_MS;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const charge = await desk.store.get(id);
      if (charge !== null) return charge;
    }
    return null;
  }

  return async function findCharge(id) {
    const charge = await desk.store.get(id);
    if (charge !== null || waiting >= WAITING_MAX) return charge;
    const ageMs = desk.clock.now().getTime() - idTimeMs(id);
    if (!(Math.abs(ageMs) < YOUNG_MS)) return null;
    waiting += 1;
    try {
      return await waitFor(id);
    } finally {
      waiting -= 1;
    }
  };
}
