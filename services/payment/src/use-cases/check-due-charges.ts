import type { Charge } from "../domain/charge.ts";
import type { ChargeDesk } from "./charge-desk.ts";
import { checkCharge } from "./check-charge.ts";

const AT_ONCE = 8;
const PER_ROUND = 40;
/** Longer than a check can take, so that no other process begins the same one meanwhile. */
const LEASE_MS = 30_000;

/**
 * The safety net: looks at every charge whose time to be looked at has come, whatever got lost (reliability PA-12,
 * PA-13). Several processes share the work by leases.
 * @returns how many were looked at
 */
export async function checkDueCharges(desk: ChargeDesk): Promise<number> {
  const due = [...(await desk.store.claimDue({ now: desk.clock.now(), limit: PER_ROUND, leaseMs: LEASE_MS }))];
  const count = due.length;
  const worker = async () => {
    for (let charge = due.shift(); charge !== undefined; charge = due.shift()) await checkOne(desk, charge);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count;
}

async function checkOne(desk: ChargeDesk, charge: Charge): Promise<void> {
  try {
    await checkCharge(desk, charge, { traceparent: null });
  } catch (error) {
    // One charge must not keep the others waiting; its lease brings it back.
    desk.log.error({ err: error, charge: charge.id }, "a charge could not be checked");
  }
}
