import type { Id } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import type { ChargeStore } from "../storage/charge-store.ts";

const PAGE = 100;

/** All charges of one customer, newest first. */
export async function chargesOfCustomer(store: ChargeStore, customerId: Id): Promise<readonly Charge[]> {
  const all: Charge[] = [];
  for (;;) {
    const after = all.at(-1)?.id;
    const page = await store.list({ customerId, limit: PAGE, ...(after === undefined ? {} : { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
