import { all } from "../stores/charge-tables.ts";
import type { Truth, Violation } from "./truth.ts";

/** What must be so at the provider at all times: one order for a charge, of its amount; no refund made twice (I10). */
export function checkBank({ bank, chargeTables }: Truth): readonly Violation[] {
  const faults: Violation[] = [];
  const fault = (rule: string, what: string) => faults.push({ rule, what });
  const references = new Set<string>();
  for (const { reference, amountCents, payments, atTerminal } of bank.orders) {
    if (references.has(reference)) fault("double charge", `two orders at the provider for charge ${reference}`);
    references.add(reference);
    const charge = chargeTables.charges.get(reference)?.charge;
    if (charge !== undefined && charge.amountCents !== amountCents) {
      fault("money", `the provider asks ${amountCents} for charge ${reference} of ${charge.amountCents}`);
    }
    if (charge !== undefined && atTerminal !== null && charge.place?.terminalId !== atTerminal.terminalId) {
      fault("terminal", `charge ${reference} went to ${atTerminal.terminalId}, not to ${charge.place?.terminalId}`);
    }
    for (const { id, amountCents: cameCents, refunds } of payments) {
      const back = refunds.reduce((sum, refund) => sum + (refund.status === "failed" ? 0 : refund.amountCents), 0);
      if (back > cameCents) fault("I10", `${back} back of ${cameCents} by payment ${id}`);
      const live = refunds.flatMap(({ ours, status }) => (ours === null || status === "failed" ? [] : [ours]));
      const twice = live.find((ours, index) => live.indexOf(ours) !== index);
      if (twice !== undefined) fault("double refund", `refund ${twice} was made twice`);
    }
  }
  const orphan = [...references].find((reference) => !all({ ...chargeTables }).some(({ id }) => id === reference));
  if (orphan !== undefined) fault("I7", `the provider was asked for charge ${orphan}, which was never written`);
  return faults;
}
