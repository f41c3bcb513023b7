import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { balanceOf, isBalanced } from "../../../services/payment/src/domain/ledger.ts";
import { all } from "../stores/charge-tables.ts";
import type { History, Truth, Violation } from "./truth.ts";

const OPEN: readonly Charge["status"][] = ["created", "pending", "in_process"];
/** More than all people together ask for in a seed: then the services go round in a circle. */
const REFUNDS_MAX = 25;
const CLOSED: readonly Charge["status"][] = ["cancelled", "expired"];

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
  if (after.refunds.length > REFUNDS_MAX) fault("for ever", `${after.refunds.length} refunds were asked for`);
  const spurned = after.refunds.find((refund) => isExactAfterAll(truth, after, refund));
  if (spurned !== undefined) fault("I2", `exact money by ${spurned.strayPaymentId} goes back as a wrong amount`);
  if (OPEN.includes(before.status) && CLOSED.includes(after.status) && isPayable(truth, before)) {
    fault("closed first there", `${after.status}, and it can still be paid`);
  }
  return faults;
}

/** It was taken for a wrong amount, and was the right one. */
function isExactAfterAll({ bank }: Truth, charge: Charge, refund: Charge["refunds"][number]): boolean {
  const { reason, strayPaymentId } = refund;
  if (reason !== "pago com valor errado") return false;
  const payments = bank.ofReference(charge.id).flatMap((order) => order.payments);
  const came = charge.method === "link" ? payments.filter(({ id }) => id === strayPaymentId) : payments;
  return came.some(({ amountCents, approvedAt }) => approvedAt !== null && amountCents === charge.amountCents);
}

/** A QR or a terminal that is known to the house can take money now. A link that is closed may have been paid before. */
function isPayable({ bank }: Truth, { method, providerId }: Charge): boolean {
  const order = method === "link" || providerId === null ? null : bank.find(providerId);
  return order?.status === "created" || order?.status === "at_terminal";
}

function didMoneyCome({ bank }: Truth, { receipts }: History, charge: Charge): boolean {
  if (charge.provider === "counter") return receipts.has(charge.id);
  return bank
    .ofReference(charge.id)
    .flatMap(({ payments }) => payments)
    .some(({ approvedAt, amountCents }) => approvedAt !== null && amountCents === charge.amountCents);
}
