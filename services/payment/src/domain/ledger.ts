import type { Cents } from "@comanda/primitives";
import type { Charge, MoneyEntry, Refund } from "./charge.ts";
import { MADE_ELSEWHERE, returnedCents } from "./refund-sums.ts";

/** Which accounts a kind of posting moves money between. `held` stands for the provider's account or the drawer. */
const POSTINGS: Readonly<Record<MoneyEntry["why"], readonly [debit: Account | "held", credit: Account | "held"]>> = {
  paid: ["held", "sales"],
  "refund-wanted": ["sales", "customer_owed"],
  returned: ["customer_owed", "held"],
  "charged-back": ["losses", "held"],
  "stray-came": ["held", "customer_owed"],
  "stray-returned": ["customer_owed", "held"],
};

type Account = MoneyEntry["debit"];

/** What the entries of a charge add up to, in centavos. */
export type Balance = {
  /** Money that is with us: at the provider, or in the drawer. */
  readonly heldCents: Cents;
  /** Money that is a guest's and still with us. */
  readonly owedCents: Cents;
  readonly salesCents: Cents;
  readonly lossesCents: Cents;
};

/**
 * The entries that are missing for the ledger to tell what the charge now is. Each kind of posting has an amount that it
 * must add up to; what lacks is appended, what is too much is booked back. Nothing that was written is ever changed.
 */
export function missingEntries(charge: Charge, at: Date): readonly MoneyEntry[] {
  const came = charge.approvedAt === null ? 0 : charge.amountCents;
  const own = charge.refunds.filter(({ strayPaymentId }) => strayPaymentId === null);
  const strays = charge.refunds.filter(({ strayPaymentId }) => strayPaymentId !== null);
  const returned = returnedCents(charge.refunds);
  const targets: readonly (readonly [MoneyEntry["why"], Cents])[] = [
    ["paid", came],
    ["refund-wanted", sumOf(own, ({ status }) => status !== "failed")],
    ["returned", returned],
    ["charged-back", charge.status === "charged_back" ? Math.max(0, came - returned) : 0],
    ["stray-came", strayCents(strays)],
    ["stray-returned", sumOf(strays, ({ status }) => status === "done")],
  ];
  return targets.flatMap(([why, target]) => entryFor(charge, { why, lackingCents: target - booked(charge, why) }, at));
}

/** What the ledger of a charge says, computed from its entries alone. */
export function balanceOf({ ledger }: Pick<Charge, "ledger">): Balance {
  const on = (account: Account): Cents =>
    ledger.reduce(
      (sum, { debit, credit, amountCents }) =>
        sum + (debit === account ? amountCents : 0) - (credit === account ? amountCents : 0),
      0,
    );
  return {
    heldCents: on("provider") + on("drawer"),
    // Credit accounts: `0 -`, so that nothing is never "minus zero".
    owedCents: 0 - on("customer_owed"),
    salesCents: 0 - on("sales"),
    lossesCents: on("losses"),
  };
}

/**
 * Says whether the balance that the entries add up to is the one that the charge itself states: what was paid, less what
 * went back, less what was charged back, with the stray money that is still here.
 */
export function isBalanced(charge: Charge): boolean {
  const left = charge.approvedAt === null ? 0 : charge.amountCents - charge.refundedCents;
  // The bank takes what is left, and can take no more than that, even where more went back than ever came.
  const kept = charge.status === "charged_back" ? Math.min(0, left) : left;
  const strays = charge.refunds.filter(({ strayPaymentId }) => strayPaymentId !== null);
  const strayHeld = strayCents(strays) - sumOf(strays, ({ status }) => status === "done");
  return balanceOf(charge).heldCents === kept + strayHeld;
}

/**
 * All that came and all that went back by a charge, as the charge states it: its own money, and money that came beside.
 */
export function statedMoney(charge: Charge): { readonly cameCents: Cents; readonly returnedCents: Cents } {
  const strays = charge.refunds.filter(({ strayPaymentId }) => strayPaymentId !== null);
  return {
    cameCents: (charge.approvedAt === null ? 0 : charge.amountCents) + strayCents(strays),
    returnedCents: charge.refundedCents + sumOf(strays, ({ status }) => status === "done"),
  };
}

/** What came beside the charge's own money, in centavos. */
function strayCents(strays: readonly Refund[]): Cents {
  const payments = [...new Set(strays.map(({ strayPaymentId }) => strayPaymentId))];
  return payments.reduce((sum, id) => sum + cameBy(strays.filter(({ strayPaymentId }) => strayPaymentId === id)), 0);
}

/**
 * Stray money came once, however often giving it back was tried: a retry gives back what an earlier one failed to, and
 * what the panel gives back after we wanted all of it back is a part of that. What it gave back before, we did not want.
 */
function cameBy(refunds: readonly Refund[]): Cents {
  const first = refunds.filter(({ idempotencyKey }) => idempotencyKey === null);
  const lastOfOurs = first.findLastIndex(({ reason }) => reason !== MADE_ELSEWHERE);
  const wanted = sumOf(lastOfOurs < 0 ? first : first.slice(0, lastOfOurs + 1), () => true);
  return Math.max(
    wanted,
    sumOf(refunds, ({ status }) => status === "done"),
  );
}

function booked({ ledger }: Charge, why: MoneyEntry["why"]): Cents {
  return ledger
    .filter((entry) => entry.why === why)
    .reduce((sum, { isReversal, amountCents }) => sum + (isReversal ? -amountCents : amountCents), 0);
}

function entryFor(
  charge: Charge,
  { why, lackingCents }: { readonly why: MoneyEntry["why"]; readonly lackingCents: Cents },
  at: Date,
): readonly MoneyEntry[] {
  if (lackingCents === 0) return [];
  const held: Account = charge.provider === "counter" ? "drawer" : "provider";
  const [debit, credit] = POSTINGS[why].map((account) => (account === "held" ? held : account));
  if (debit === undefined || credit === undefined) return [];
  const isReversal = lackingCents < 0;
  const amountCents = Math.abs(lackingCents);
  return [{ at, why, isReversal, amountCents, ...(isReversal ? { debit: credit, credit: debit } : { debit, credit }) }];
}

function sumOf(refunds: readonly Refund[], matches: (refund: Refund) => boolean): Cents {
  return refunds.filter(matches).reduce((sum, { amountCents }) => sum + amountCents, 0);
}
