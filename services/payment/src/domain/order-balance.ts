import type { Charge } from "./charge.ts";
import { type Balance, balanceOf, isBalanced, statedMoney } from "./ledger.ts";

/** The money of one order, over all its charges. */
export type OrderBalance = {
  /** What the entries of all charges add up to. */
  readonly computed: Balance;
  /** What the charges state: all that came, less all that went back or was charged back, in centavos. */
  readonly statedCents: number;
  /** Both are the same, for the order and for each of its charges. */
  readonly isBalanced: boolean;
};

/** The balance of an order, computed from the entries of its charges alone and compared with what the charges state. */
export function balanceOfOrder(charges: readonly Charge[]): OrderBalance {
  const computed = charges.map(balanceOf).reduce(add, { heldCents: 0, owedCents: 0, salesCents: 0, lossesCents: 0 });
  const statedCents = charges.reduce((sum, charge) => sum + statedHeld(charge), 0);
  return { computed, statedCents, isBalanced: computed.heldCents === statedCents && charges.every(isBalanced) };
}

/** What a charge states to be with us. */
function statedHeld(charge: Charge): number {
  const { cameCents, returnedCents } = statedMoney(charge);
  const lost = charge.status === "charged_back" ? Math.max(0, ownCame(charge) - charge.refundedCents) : 0;
  return cameCents - returnedCents - lost;
}

function ownCame({ approvedAt, amountCents }: Charge): number {
  return approvedAt === null ? 0 : amountCents;
}

function add(one: Balance, other: Balance): Balance {
  return {
    heldCents: one.heldCents + other.heldCents,
    owedCents: one.owedCents + other.owedCents,
    salesCents: one.salesCents + other.salesCents,
    lossesCents: one.lossesCents + other.lossesCents,
  };
}
