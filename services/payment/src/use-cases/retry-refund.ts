import type { Id, Result } from "@comanda/primitives";
import type { RefundRequested } from "../domain/refunds.ts";
import { type RetryRefusal, retryRefund } from "../domain/retry-refund.ts";
import { type ChargeDesk, changeStored, type UnknownCharge } from "./charge-desk.ts";

/** Writes down that a failed refund is to be tried once more; the sweeper asks the provider. */
export async function retryFailedRefund(
  desk: ChargeDesk,
  id: Id,
  { refundId, traceparent }: { readonly refundId: Id; readonly traceparent: string | null },
): Promise<Result<RefundRequested, RetryRefusal | UnknownCharge>> {
  const newRefundId = desk.newId();
  return changeStored(desk, { id, traceparent }, (charge, moment) =>
    retryRefund(charge, { refundId, newRefundId }, moment),
  );
}
