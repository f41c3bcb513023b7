import { type DayBounds, firstIdAt, isId } from "@comanda/primitives";
import type { Charge } from "../domain/charge.ts";
import { isMoney, type ListedPayment } from "../domain/listed-payment.ts";
import type { Difference, DifferenceClass, ReconciliationSummary, Sums } from "../domain/reconciliation.ts";
import type { PaymentList } from "../gateways/payment-list.ts";
import type { ChargeDesk } from "./charge-desk.ts";
import { type Compared, compareCharge, theirsOnly } from "./compare-charge.ts";
import { type Guard, listProviderPayments, ProviderAwayError } from "./list-provider-payments.ts";

/** A desk whose provider also lists what came to the account. */
export type ReconciliationDesk = ChargeDesk & { readonly provider: PaymentList };

/** What was found, in figures and line by line. */
export type DayReconciled = Omit<ReconciliationSummary, "requests"> & { readonly items: readonly Difference[] };

const PAGE = 200;
const AT_ONCE = 4;
/** So many charges in a row without an answer: the provider is away, and the rest would fare no better. */
const UNREAD_IN_A_ROW = 8;
/** A report stays one document; who has more differences than this has another trouble. */
const ITEMS_MAX = 5_000;

/**
 * Compares our book of one business day with the provider's: every charge of ours, and every payment that the provider
 * lists as made or changed that day. Reads only, but for differences that the regular check of a charge heals.
 *
 * @param guard called before each question and each charge
 * @throws ProviderAwayError when the provider's list cannot be read, or it stops answering; and whatever `guard` throws
 */
export async function reconcileDay(desk: ReconciliationDesk, bounds: DayBounds, guard: Guard): Promise<DayReconciled> {
  const made = await listProviderPayments(desk.provider, { by: "made", ...bounds }, guard);
  const changed = await listProviderPayments(desk.provider, { by: "changed", ...bounds }, guard);
  const byReference = groupByReference([...made, ...changed]);
  const tally = makeTally(new Set([...made, ...changed].map(({ id }) => id)).size);
  let unreadInARow = 0;

  async function look(charge: Charge, isOfDay: boolean): Promise<void> {
    guard();
    const listed = byReference.get(charge.id) ?? [];
    const compared = await compareCharge(desk, charge, listed);
    unreadInARow = compared.isAway === true ? unreadInARow + 1 : 0;
    if (unreadInARow >= UNREAD_IN_A_ROW) throw new ProviderAwayError("the provider stopped answering");
    tally.add(compared, isOfDay);
  }

  const seen = new Set<string>();
  for await (const page of chargesOf(desk, bounds)) {
    for (const { id } of page) seen.add(id);
    await inParallel(page, (charge) => look(charge, true));
  }
  const others = [...byReference].filter(([reference]) => !seen.has(reference));
  const isMadeToday = new Set(made.map(({ id }) => id));
  await inParallel(others, async ([reference, payments]) => {
    const charge = isId(reference) ? await desk.store.get(reference) : null;
    if (charge !== null) return look(charge, false);
    // What was made on another day is told on that day.
    for (const payment of payments.filter((one) => isMoney(one) && isMadeToday.has(one.id))) {
      tally.addForeign(theirsOnly(payment));
    }
  });
  return tally.result();
}

/** The charges whose time lies within the day, newest first, page by page: their ids carry when they were made. */
async function* chargesOf({ store }: ChargeDesk, { from, to }: DayBounds): AsyncGenerator<readonly Charge[]> {
  const [first, end] = [firstIdAt(from), firstIdAt(to)];
  for (let after = end; ; ) {
    const page = await store.list({ after, limit: PAGE });
    const ofDay = page.filter(({ id }) => id >= first);
    if (ofDay.length > 0) yield ofDay;
    const last = ofDay[PAGE - 1];
    if (last === undefined) return;
    after = last.id;
  }
}

function groupByReference(payments: readonly ListedPayment[]): ReadonlyMap<string, readonly ListedPayment[]> {
  const unique = new Map(payments.map((payment) => [payment.id, payment]));
  // Ids are compared in their one form; money without any name is nobody's.
  return Map.groupBy(unique.values(), ({ reference }) => reference?.toLowerCase() ?? "");
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    try {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
    } catch (error) {
      // The run is over: the other workers end after what they are at.
      waiting.length = 0;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function makeTally(listed: number) {
  const counts = { compared: 0, agreeing: 0, pending: 0, counter: 0, unread: 0 };
  const found: Record<DifferenceClass, number> = { ours_only: 0, theirs_only: 0, amount: 0, status: 0, ledger: 0 };
  const sums = { ours: nothing(), theirs: nothing(), counter: nothing() };
  const items: Difference[] = [];

  function note(difference: Difference): void {
    found[difference.class] += 1;
    items.push(difference);
  }

  return {
    add: ({ kind, differences, ours, theirs }: Compared, isOfDay: boolean) => {
      counts[kind] += 1;
      if (kind === "compared" && differences.length === 0) counts.agreeing += 1;
      if (isOfDay) {
        addTo(kind === "counter" ? sums.counter : sums.ours, ours);
        addTo(sums.theirs, theirs);
      }
      differences.forEach(note);
    },
    addForeign: (difference: Difference) => {
      if (difference.theirs !== null) addTo(sums.theirs, difference.theirs);
      note(difference);
    },
    result: (): DayReconciled => {
      const open = items.filter(({ outcome }) => outcome === "open");
      return {
        ...counts,
        found,
        open: open.length,
        healed: items.length - open.length,
        openCents: open.reduce((sum, one) => sum + one.differenceCents, 0),
        ours: sums.ours,
        theirs: sums.theirs,
        counterSums: sums.counter,
        listed,
        items: [...open, ...items.filter(({ outcome }) => outcome === "healed")].slice(0, ITEMS_MAX),
      };
    },
  };
}

type Running = { -readonly [Name in keyof Sums]: Sums[Name] };

function nothing(): Running {
  return { cameCents: 0, returnedCents: 0 };
}

function addTo(sum: Running, { cameCents, returnedCents }: Sums): void {
  sum.cameCents += cameCents;
  sum.returnedCents += returnedCents;
}
