import { addSeconds, boundsOfBusinessDay, businessDayOf, firstIdAt } from "@comanda/primitives";
import type { PaymentStore } from "../storage/charge-store.ts";
import type { ChargeDesk } from "./charge-desk.ts";

const HOUR_S = 3_600;
/** The last guests' payments and refunds of the night may settle first: the day before is compared at 06:00. */
const DAY_SETTLES_S = HOUR_S;
/** A house that was closed or switched off catches up so many days. */
const CATCH_UP_DAYS = 7;

/**
 * Makes the function that asks for yesterday's comparison once it is time, and for those that were missed. Any number
 * of processes may call it as often as they like: the day itself is the key.
 */
export function makeReconciliationSchedule(
  desk: Pick<ChargeDesk, "clock" | "newId">,
  store: Pick<PaymentStore, "list" | "reconciliations">,
): () => Promise<number> {
  const known = new Set<string>();

  async function ask(day: string, end: Date): Promise<number> {
    // The shop had no charge yet: nothing to compare.
    const [earlier] = await store.list({ after: firstIdAt(end), limit: 1 });
    if (earlier === undefined) return 0;
    const { outcome } = await store.reconciliations.request({
      id: desk.newId(),
      day,
      trigger: "daily",
      key: `daily:${day}`,
      requestedAt: desk.clock.now(),
    });
    // A person's run of that day counts when it has ended; until then the clock asks again.
    if (outcome !== "under-way") known.add(day);
    return outcome === "new" ? 1 : 0;
  }

  return async () => {
    const now = desk.clock.now();
    let asked = 0;
    for (let back = CATCH_UP_DAYS; back >= 1; back -= 1) {
      const day = businessDayOf(addSeconds(now, -DAY_SETTLES_S - back * 24 * HOUR_S));
      const bounds = boundsOfBusinessDay(day);
      if (bounds === null || known.has(day)) continue;
      asked += await ask(day, bounds.to);
    }
    return asked;
  };
}
