import type { Charge } from "../domain/charge.ts";
import type { CloseCall } from "../domain/close-call.ts";
import type { ChargeDesk } from "./charge-desk.ts";

/** Asks the provider to take no more money for a charge. */
export async function askToClose({ provider, clock }: ChargeDesk, charge: Charge): Promise<CloseCall> {
  const askedAt = clock.now();
  const answer = await provider.cancelCharge(charge);
  return { askedAt, answeredAt: clock.now(), answer };
}

/** Whether nobody can pay it there any more. */
export function hasClosed({ answer }: CloseCall): boolean {
  return answer.outcome === "done" && answer.value === "closed";
}
