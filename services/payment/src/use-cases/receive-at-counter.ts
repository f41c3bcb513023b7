import type { Id, Result } from "@comanda/primitives";
import {
  receiveAtCounter as decide,
  type Receipt,
  type Received,
  type ReceiveRefusal,
} from "../domain/receive-at-counter.ts";
import { type ChargeDesk, changeStored, type UnknownCharge } from "./charge-desk.ts";

/** Books money that a cashier took. Two cashiers at once: one books, the other is told. */
export function receiveAtCounter(
  desk: ChargeDesk,
  id: Id,
  { receipt, traceparent }: { readonly receipt: Receipt; readonly traceparent: string | null },
): Promise<Result<Received, ReceiveRefusal | UnknownCharge>> {
  return changeStored(desk, { id, traceparent }, (charge, moment) => decide(charge, receipt, moment));
}
