import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Charge } from "../../src/domain/charge.ts";
import type { ChargeStore } from "../../src/storage/charge-store.ts";
import { aCharge, anEvent, nextOf } from "./build-charge.ts";
import type { TestStore } from "./store-harness.ts";

const ORDERS = 2;
const OPEN = ["created", "pending", "in_process"];

/**
 * Any sequence of operations leaves the store where a plain list of charges would be: the model below says what each
 * operation means, and both stores are held to it.
 */
export function contractOfSequences(opened: () => TestStore): void {
  describe("sequences", () => {
    it("when operations come in any order, then the store holds what the model holds", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (operations) => {
          await opened().clear();
          const orders = Array.from({ length: ORDERS }, newId);
          const model: Model = { charges: [], leased: new Map() };
          for (const each of operations) await run(each, { store: opened().store, model, orders });
          const ids = model.charges.map(({ id }) => id);
          const held = await Promise.all(ids.map((id) => opened().store.get(id)));
          expect(held.map(essence)).toEqual(model.charges.map(essence));
        }),
        { numRuns: 25, seed: 20_260_301 },
      );
    });
  });
}

type Model = { charges: Charge[]; leased: Map<string, string> };
type Operation =
  | { readonly kind: "insert"; readonly order: number; readonly attempt: number; readonly events: number }
  | {
      readonly kind: "replace";
      readonly pick: number;
      readonly status: Charge["status"];
      readonly isStale: boolean;
      readonly events: number;
    }
  | { readonly kind: "claim" }
  | { readonly kind: "settle"; readonly outcome: "done" | "park" }
  | { readonly kind: "retryParked" };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant("insert" as const),
    order: fc.nat(ORDERS - 1),
    attempt: fc.integer({ min: 1, max: 3 }),
    events: fc.nat(2),
  }),
  fc.record({
    kind: fc.constant("replace" as const),
    pick: fc.nat(5),
    status: fc.constantFrom("pending" as const, "approved" as const, "expired" as const),
    isStale: fc.boolean(),
    events: fc.nat(2),
  }),
  fc.constant({ kind: "claim" as const }),
  fc.record({ kind: fc.constant("settle" as const), outcome: fc.constantFrom("done" as const, "park" as const) }),
  fc.constant({ kind: "retryParked" as const }),
);

type World = { readonly store: ChargeStore; readonly model: Model; readonly orders: readonly string[] };

async function run(each: Operation, world: World): Promise<void> {
  switch (each.kind) {
    case "insert":
      return insert(each, world);
    case "replace":
      return replace(each, world);
    case "claim":
      return claim(world);
    case "settle":
      return settle(each.outcome, world);
    case "retryParked":
      return retryParked(world);
    default:
      return each satisfies never;
  }
}

async function insert(each: Operation & { kind: "insert" }, { store, model, orders }: World): Promise<void> {
  const orderId = orders[each.order] ?? newId();
  const charge = aCharge({
    orderId,
    attempt: each.attempt,
    unsent: Array.from({ length: each.events }, () => anEvent()),
  });
  const ofOrder = model.charges.filter((other) => other.orderId === orderId);
  const rival =
    ofOrder.find(({ attempt }) => attempt === each.attempt) ?? ofOrder.find(({ status }) => OPEN.includes(status));
  const answer = await store.insert(charge);
  expect(answer.inserted).toBe(rival === undefined);
  expect(answer.charge.id).toBe((rival ?? charge).id);
  if (rival === undefined) model.charges.push(charge);
}

async function replace(each: Operation & { kind: "replace" }, { store, model }: World): Promise<void> {
  const charge = model.charges[each.pick % Math.max(model.charges.length, 1)];
  if (charge === undefined) return;
  const added = Array.from({ length: each.events }, () => anEvent());
  const next = nextOf(charge, { status: each.status, unsent: [...charge.unsent, ...added] });
  const wouldBeSecond = model.charges.some(
    ({ id, orderId, status }) => id !== charge.id && orderId === charge.orderId && OPEN.includes(status),
  );
  if (each.isStale) {
    expect(await store.replace({ ...next, version: next.version + 1 }, next.version)).toBe(false);
  } else if (wouldBeSecond && OPEN.includes(each.status)) {
    await expect(store.replace(next, charge.version)).rejects.toMatchObject({ rule: "open_charge" });
  } else {
    expect(await store.replace(next, charge.version)).toBe(true);
    model.charges = model.charges.map((other) => (other.id === charge.id ? next : other));
  }
}

async function claim({ store, model }: World): Promise<void> {
  const claimed = await store.outbox.claim({ limit: 100, leaseMs: 600_000 });
  const expected = model.charges
    .map((charge) => ({ charge, head: charge.unsent.find(({ parkedAt }) => parkedAt === null) }))
    .filter(({ head }) => head !== undefined && !model.leased.has(head.id));
  expect(claimed.map(({ id }) => id).toSorted()).toEqual(expected.map(({ head }) => head?.id).toSorted());
  for (const { id, subject } of claimed) {
    model.leased.set(id, subject);
    amend(model, id, (event) => ({ ...event, attempts: event.attempts + 1 }));
  }
}

async function settle(outcome: "done" | "park", { store, model }: World): Promise<void> {
  const leased = model.charges.flatMap(({ unsent }) => unsent).find(({ id }) => model.leased.has(id));
  if (leased === undefined) return;
  const subject = model.leased.get(leased.id) ?? "";
  const { id, type, at: time, data, traceparent, attempts } = leased;
  const event = { id, type, subject, time, data, traceparent, attempts };
  await store.outbox.settle(event, outcome === "done" ? { outcome } : { outcome, reason: "for the test" });
  model.leased.delete(id);
  amend(model, id, (kept) => (outcome === "done" ? null : { ...kept, parkedAt: new Date() }));
}

async function retryParked({ store, model }: World): Promise<void> {
  const parked = model.charges.flatMap(({ unsent }) => unsent).find(({ parkedAt }) => parkedAt !== null);
  if (parked === undefined) return;
  expect(await store.outbox.retryParked(parked.id)).toBe(true);
  amend(model, parked.id, (event) => ({ ...event, parkedAt: null, attempts: 0 }));
}

type Event = Charge["unsent"][number];

function amend(model: Model, id: string, change: (event: Event) => Event | null): void {
  model.charges = model.charges.map((charge) => ({
    ...charge,
    unsent: charge.unsent.flatMap((event) => {
      const changed = event.id === id ? change(event) : event;
      return changed === null ? [] : [changed];
    }),
  }));
}

/** What must be the same; moments that the database's clock sets are left out. */
function essence(charge: Charge | null): unknown {
  if (charge === null) return null;
  const unsent = charge.unsent.map(({ id, attempts, parkedAt }) => ({ id, attempts, isParked: parkedAt !== null }));
  return { ...charge, unsent };
}
