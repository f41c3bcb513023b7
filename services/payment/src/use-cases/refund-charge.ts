import type { Id, Result } from "@comanda/primitives";
import { type RefundRefusal, type RefundRequest, type RefundRequested, requestRefund } from "../domain/refunds.ts";
import { type ChargeDesk, changeStored, type UnknownCharge } from "./charge-desk.ts";

/**
 * Writes down that money is to go back; the charge is due at once and the sweeper asks the provider. The caller's answer
 * is the decision, never the provider's mood: a crash in between loses nothing.
 */
export async function refundCharge(
  desk: ChargeDesk,
  id: Id,
  { request, traceparent }: { readonly request: Omit<RefundRequest, "id">; readonly traceparent: string | null },
): Promise<Result<RefundRequested, RefundRefusal | UnknownCharge>> {
  const refundId = desk.newId();
  return changeStored(desk, { id, traceparent }, (charge, moment) =>
    requestRefund(charge, { ...request, id: refundId }, moment),
  );
}
