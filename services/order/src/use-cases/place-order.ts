import { ok, type Result, refuse } from "@comanda/primitives";
import type { Catalogue } from "../domain/catalogue.ts";
import { currentCharge, type Order } from "../domain/order.ts";
import { asPlaced, draftOrder, type OrderRefusal, type OrderRequest } from "../domain/place-order.ts";
import { PLACE_ROUTE, type RequestKey } from "../storage/idempotency-keys.ts";
import { bringCharge } from "./bring-charge.ts";
import { checkTerminal, type TerminalRefusal } from "./check-terminal.ts";
import { type FirstAnswer, firstAnswerOf, withFirstAnswer } from "./first-answer.ts";
import type { LimitUnpaid, TooManyUnpaid } from "./limit-unpaid.ts";
import type { OrderingDeps } from "./ordering-deps.ts";

export type PlaceOrder = (command: {
  readonly request: Omit<OrderRequest, "now" | "newId" | "expiresInSeconds">;
  readonly key: RequestKey | null;
  readonly traceparent: string;
}) => Promise<Result<PlacedOrder, PlaceRefusal>>;

/** `isReplay`: the very answer that this request got before. */
type PlacedOrder = { readonly order: Order; readonly isReplay: boolean };

export type PlaceRefusal =
  | OrderRefusal
  | TooManyUnpaid
  | TerminalRefusal
  | { readonly code: "idempotency-key-reused" }
  | { readonly code: "request-in-progress" };

/** After this time without an answer, the process that had the request is taken for dead, in seconds. */
const ABANDONED_S = 15;

/** Makes the use-case. */
export function createPlaceOrder(
  deps: OrderingDeps & {
    readonly catalogue: () => Catalogue;
    readonly expiresInSeconds: number;
    /** Absent where guests may have as many unpaid orders as they like. */
    readonly limitUnpaid?: LimitUnpaid | null;
  },
): PlaceOrder {
  const { store, catalogue, clock, newId, announce, expiresInSeconds, limitUnpaid = null } = deps;

  return async function placeOrder({ request, key, traceparent }) {
    const draft = draftOrder(catalogue(), { ...request, now: clock.now(), newId, expiresInSeconds });
    if (!draft.ok) return draft;
    const isAtTerminal = currentCharge(draft.value)?.method === "terminal";
    if (isAtTerminal && !(await isKnown(deps, key))) {
      const terminal = await checkTerminal(deps, { ...request, orderId: null, traceparent });
      if (!terminal.ok) return terminal;
    }
    const placement = { order: draft.value, placedAs: request.placedAs, key, traceparent };
    const { customerId, sessionId } = request;
    const place = () => store.place(placement);
    const placed =
      limitUnpaid === null || customerId === null
        ? ok(await place())
        : await limitUnpaid({ customerId, sessionId }, { place, isKnown: () => isKnown(deps, key) });
    if (!placed.ok) return placed;
    const { number } = placed.value;
    // Only a key can keep an order from being written.
    if (number === null) return replay(deps, key as RequestKey); // a key was given, see above

    const order = { ...draft.value, number };
    const charge = currentCharge(order);
    announce({ isSeen: true, hasEvents: charge?.method === "counter" });
    // The cashier takes the money: nobody outside has to be asked before the guest gets an answer.
    if (charge === null || charge.method === "counter") return ok({ order, isReplay: false });
    const keepAs = key === null ? null : { scope: key.scope, route: PLACE_ROUTE, key: key.key };
    return ok({ order: await bringCharge(deps, { order, traceparent, keepAs }), isReplay: false });
  };
}

/** A repeated request gets its first answer, whoever is at the terminal by now: most likely its own order. */
async function isKnown({ store }: OrderingDeps, key: RequestKey | null): Promise<boolean> {
  if (key === null) return false;
  return (await store.requests.find({ scope: key.scope, route: PLACE_ROUTE, key: key.key })) !== null;
}

/** What a request that was seen before is answered. */
async function replay(deps: OrderingDeps, key: RequestKey): Promise<Result<PlacedOrder, PlaceRefusal>> {
  const { store } = deps;
  const name = { scope: key.scope, route: PLACE_ROUTE, key: key.key };
  const seen = await store.requests.find(name);
  const order = seen?.orderId == null ? null : await store.load(seen.orderId);
  // The key was purged between two statements: the sender may try again.
  if (seen === null || order === null) return refuse({ code: "request-in-progress" });
  if (seen.fingerprint !== key.fingerprint) return refuse({ code: "idempotency-key-reused" });

  const placed = asPlaced(order);
  const charge = currentCharge(placed);
  // What a counter order was answered never changes, so it was never stored.
  if (charge === null || charge.method === "counter") return ok({ order: placed, isReplay: true });
  if (seen.answer !== null) return ok({ order: withFirstAnswer(placed, seen.answer as FirstAnswer), isReplay: true }); // written by firstAnswerOf
  if (seen.ageSeconds < ABANDONED_S) return refuse({ code: "request-in-progress" });
  await store.requests.keepAnswer(name, firstAnswerOf(order));
  const kept = await store.requests.find(name);
  return ok({ order: withFirstAnswer(placed, (kept?.answer ?? firstAnswerOf(order)) as FirstAnswer), isReplay: true }); // written by firstAnswerOf
}
