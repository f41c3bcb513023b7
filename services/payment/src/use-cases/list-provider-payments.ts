import type { ListedPayment } from "../domain/listed-payment.ts";
import type { ProviderResult } from "../domain/provider-charge.ts";
import { LIST_PAGE_SIZE, type ListedPage, type ListQuery, type PaymentList } from "../gateways/payment-list.ts";

/** The provider did not answer: nothing can be compared now. */
export class ProviderAwayError extends Error {
  override readonly name: string = "ProviderAwayError";
}

/** The provider said no, and would say it again. */
export class ProviderRefusedError extends ProviderAwayError {
  override readonly name = "ProviderRefusedError";
}

type Window = Omit<ListQuery, "offset">;

/** A long list is read in parts: deep pages are slow or refused, and a row that moves meanwhile shifts all after it. */
const PART_MAX = 500;
const SHORTEST_PART_MS = 60_000;
const TRIES = 4;
const PAUSE_MS = 1_000;

/** Says whether to go on: throws when the work is to end now. */
export type Guard = () => void;

/**
 * Every payment that the provider lists for a window of time, each once.
 * @throws ProviderAwayError when the provider does not answer to several tries; and whatever `guard` throws
 */
export async function listProviderPayments(
  list: PaymentList,
  window: Window,
  guard: Guard,
): Promise<readonly ListedPayment[]> {
  const found = new Map<string, ListedPayment>();
  const page = (query: ListQuery) => {
    guard();
    return answered(() => list.listPayments(query));
  };
  await collect(page, window, found);
  return [...found.values()];
}

type ReadPage = (query: ListQuery) => Promise<ListedPage>;

async function collect(page: ReadPage, window: Window, found: Map<string, ListedPayment>): Promise<void> {
  const first = await page({ ...window, offset: 0 });
  const lengthMs = window.to.getTime() - window.from.getTime();
  if (first.total > PART_MAX && lengthMs > SHORTEST_PART_MS) {
    const middle = new Date(window.from.getTime() + Math.floor(lengthMs / 2));
    await collect(page, { ...window, to: middle }, found);
    await collect(page, { ...window, from: middle }, found);
    return;
  }
  for (const payment of first.payments) found.set(payment.id, payment);
  for (let offset = LIST_PAGE_SIZE; offset < first.total; offset += LIST_PAGE_SIZE) {
    const { payments } = await page({ ...window, offset });
    for (const payment of payments) found.set(payment.id, payment);
  }
}

/**
 * The answer to a question, asked again a few times when there is none.
 * @throws ProviderAwayError when there is none, ProviderRefusedError when it is a refusal
 */
export async function answered<Value>(ask: () => Promise<ProviderResult<Value>>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    const result = await ask();
    if (result.outcome === "done") return result.value;
    if (result.outcome === "refused") throw new ProviderRefusedError(`the provider refused: ${result.code}`);
    if (tries === TRIES) throw new ProviderAwayError(result.reason);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
  }
}
