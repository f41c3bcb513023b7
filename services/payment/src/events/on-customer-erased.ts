import type { CustomerErased } from "@comanda/contracts";
import { addSeconds } from "@comanda/primitives";
import { forgetCustomer, isMoving } from "../domain/forget-customer.ts";
import { applyToStored, type ChargeDesk } from "../use-cases/charge-desk.ts";
import { chargesOfCustomer } from "../use-cases/customer-charges.ts";

/** Whoever asked waits no longer than this for money that will not settle (reliability OP-63). */
const WAITS_S = 86_400;

/**
 * Somebody asked to be forgotten: their charges belong to nobody from now on. Again changes nothing.
 * @throws Error while money of theirs is moving, so that the event comes again
 */
export async function onCustomerErased(desk: ChargeDesk, data: CustomerErased): Promise<void> {
  const charges = await chargesOfCustomer(desk.store, data.customer_id.toLowerCase());
  const isPatient = desk.clock.now() < addSeconds(new Date(data.erased_at), WAITS_S);
  if (isPatient && charges.some(isMoving)) throw new Error("money of the person to be forgotten is still moving");
  for (const { id } of charges) await applyToStored(desk, { id, traceparent: null }, forgetCustomer);
}
