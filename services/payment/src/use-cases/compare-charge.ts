import type { Charge } from "../domain/charge.ts";
import {
  differenceOf,
  isConfirmedByList,
  isMoving,
  listedSide,
  moneyBeside,
  ourSide,
  theirSide,
} from "../domain/compare-books.ts";
import { isBalanced } from "../domain/ledger.ts";
import type { ListedPayment } from "../domain/listed-payment.ts";
import { balanceOfOrder } from "../domain/order-balance.ts";
import type { ProviderCharge } from "../domain/provider-charge.ts";
import { apartCents, type Difference, type Sums } from "../domain/reconciliation.ts";
import type { ChargeDesk } from "./charge-desk.ts";
import { checkCharge } from "./check-charge.ts";
import { answered, ProviderAwayError, ProviderRefusedError } from "./list-provider-payments.ts";

/** What came of looking at one charge of ours in both books. */
export type Compared = {
  readonly kind: "compared" | "pending" | "counter" | "unread";
  /** It is unread because the provider gave no answer at all. */
  readonly isAway?: true;
  readonly differences: readonly Difference[];
  /** What each book adds up to after the look; nothing where they were not compared. */
  readonly ours: Sums;
  readonly theirs: Sums;
};

type Books = { readonly charge: Charge; readonly fact: ProviderCharge | null };

const NOTHING: Sums = { cameCents: 0, returnedCents: 0 };

/**
 * Compares one charge with what the provider says of it. What the list confirms is not asked for again; all else is
 * read by its id. A difference that news we missed would explain is healed the regular way, and told all the same.
 */
export async function compareCharge(
  desk: ChargeDesk,
  charge: Charge,
  listed: readonly ListedPayment[],
): Promise<Compared> {
  const ours = ourSide(charge);
  const beside = moneyBeside(charge, listed).map((payment) => theirsOnly(payment, charge));
  const found = [...beside, ...ledgerDifference(charge)];
  if (charge.provider === "counter") return { kind: "counter", differences: found, ours, theirs: NOTHING };
  if (isMoving(charge, desk.clock.now()))
    return { kind: "pending", differences: found, ours: NOTHING, theirs: NOTHING };
  if (isConfirmedByList(charge, listed)) return { kind: "compared", differences: found, ours, theirs: ours };
  // It was never made there, and nothing came under its name: there is nothing to ask about.
  if (charge.providerId === null && listed.length === 0 && ours.cameCents === 0) {
    return { kind: "compared", differences: found, ours, theirs: NOTHING };
  }
  try {
    return await compareByReading(desk, charge, { listed, found });
  } catch (error) {
    if (!(error instanceof ProviderAwayError)) throw error;
    desk.log.warn({ charge: charge.id, reason: error.message }, "a charge could not be compared");
    const isRefused = error instanceof ProviderRefusedError;
    const unread = { kind: "unread", differences: found, ours: NOTHING, theirs: NOTHING } as const;
    return isRefused ? unread : { ...unread, isAway: true };
  }
}

async function compareByReading(
  desk: ChargeDesk,
  charge: Charge,
  { listed, found }: { readonly listed: readonly ListedPayment[]; readonly found: readonly Difference[] },
): Promise<Compared> {
  const hint = listed.find(({ state }) => state === "in_dispute" || state === "charged_back") ?? listed[0];
  const options = { knowsDisputes: charge.method === "link" || hint !== undefined };
  const read = () => answered(() => desk.provider.readCharge(charge, hint?.id ?? null));
  // What happened while the provider was asked is no difference: both books are read anew.
  const asFound = await booksOf(desk, charge, read);
  const difference = differenceOf(asFound.charge, asFound.fact, options);
  if (difference === null) return compared(asFound, found);
  const isHealable = difference === "status" || difference === "amount";
  if (isHealable) await checkCharge(desk, asFound.charge, { traceparent: null, paymentIdHint: hint?.id ?? null });
  const after = isHealable ? await booksOf(desk, charge, read) : asFound;
  const outcome = differenceOf(after.charge, after.fact, options) === null ? "healed" : "open";
  const told: Difference = {
    class: difference,
    outcome,
    ...namesOf(charge),
    providerPaymentId: asFound.fact?.paymentId ?? charge.providerPaymentId,
    ...sidesOf(asFound),
  };
  // One line about one charge: a ledger that lags behind is a consequence.
  return compared(after, [told, ...found.filter((one) => one.class !== "ledger")]);
}

async function booksOf(desk: ChargeDesk, charge: Charge, read: () => Promise<ProviderCharge | null>): Promise<Books> {
  const fact = await read();
  return { fact, charge: (await desk.store.get(charge.id)) ?? charge };
}

function compared({ charge, fact }: Books, differences: readonly Difference[]): Compared {
  return { kind: "compared", differences, ours: ourSide(charge), theirs: theirSide(fact) ?? NOTHING };
}

/** Money at the provider that no charge of ours accounts for; `charge` when it bears the name of one. */
export function theirsOnly(payment: ListedPayment, charge: Charge | null = null): Difference {
  return {
    class: "theirs_only",
    outcome: "open",
    chargeId: charge?.id ?? null,
    orderId: charge?.orderId ?? null,
    providerId: payment.orderId,
    providerPaymentId: payment.id,
    ours: null,
    theirs: listedSide(payment),
    differenceCents: apartCents(null, listedSide(payment)),
  };
}

function sidesOf({ charge, fact }: Books): Pick<Difference, "ours" | "theirs" | "differenceCents"> {
  const [ours, theirs] = [ourSide(charge), theirSide(fact)];
  return { ours, theirs, differenceCents: apartCents(ours, theirs) };
}

function ledgerDifference(charge: Charge): readonly Difference[] {
  if (isBalanced(charge)) return [];
  const { computed, statedCents } = balanceOfOrder([charge]);
  return [
    {
      class: "ledger",
      outcome: "open",
      ...namesOf(charge),
      providerPaymentId: charge.providerPaymentId,
      ours: ourSide(charge),
      theirs: null,
      differenceCents: Math.abs(computed.heldCents - statedCents),
    },
  ];
}

function namesOf({ id, orderId, providerId }: Charge): Pick<Difference, "chargeId" | "orderId" | "providerId"> {
  return { chargeId: id, orderId, providerId };
}
