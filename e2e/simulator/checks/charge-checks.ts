import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { balanceOf, isBalanced } from "../../../services/payment/src/domain/ledger.ts";
import { all } from "../stores/charge-tables.ts";
import type { History, Truth, Violation } from "./truth.ts";

const OPEN: readonly Charge["status"][] = ["created", "pending", "in_process"];

/** What must be so of every committed change of a charge: whole centavos, money only where money came, I10, the ledger. */
export function checkCharge(
  truth: Truth,
  history: History,
  { before, after }: { readonly before: Charge | null; readonly after: Charge },
): readonly Violation[] {
  const faults: Violation[] = [];
  const fault = (rule: string, what: string) => faults.push({ rule, what: `charge ${after.id}: ${what}` });
  const order = truth.orderTables.orders.get(after.orderId);
  if (!Number.isSafeInteger(after.amountCents) || after.amountCents <= 0)
    fault("money", `${after.amountCents} centavos`);
  if (order !== undefined && order.totalCents !== after.amountCents) {
    fault("money", `asks ${after.amountCents} for an order of ${order.totalCents}`);
  }
  if (before === null) {
    const twins = all(truth.chargeTables).filter((other) => other.id !== after.id && other.orderId === after.orderId);
    if (twins.some(({ attempt }) => attempt === after.attempt))
      fault("one charge per attempt", `${after.attempt} again`);
    if (OPEN.includes(after.status) && twins.some(({ status }) => OPEN.includes(status))) {
      fault("one open charge per order", `another is open for ${after.orderId}`);
    }
    return faults;
  }
  if (after.version !== before.version + 1) fault("I6", `version ${before.version} → ${after.version}`);
  if (before.entries.some((entry, index) => after.entries[index] !== entry)) fault("record", "the flow was rewritten");
  if (before.ledger.some((entry, index) => after.ledger[index] !== entry)) fault("ledger", "it was rewritten");
  if (!isBalanced(after)) fault("ledger", `out of balance: ${JSON.stringify(balanceOf(after))}`);
  if (after.refundedCents > after.amountCents) fault("I10", `${after.refundedCents} back of ${after.amountCents}`);
  if (before.approvedAt === null && after.approvedAt !== null && !didMoneyCome(truth, history, after)) {
    fault("I3", "approved without money");
  }
  return faults;
}

function didMoneyCome({ bank }: Truth, { receipts }: History, charge: Charge): boolean {
  if (charge.provider === "counter") return receipts.has(charge.id);
  return bank
    .ofReference(charge.id)
    .flatMap(({ payments }) => payments)
    .some(({ approvedAt, amountCents }) => approvedAt !== null && amountCents === charge.amountCents);
}
