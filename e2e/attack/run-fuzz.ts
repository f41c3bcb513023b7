import fc from "fast-check";
import { type Book, type FuzzReport, makeBook } from "./book.ts";
import { judge } from "./checks.ts";
import { followUp } from "./follow-up.ts";
import type { House } from "./house-shape.ts";
import { makeReady } from "./occasions.ts";
import { type Operation, readOperations } from "./operations.ts";
import { grantedTo, type Plan, planFor, rightPlan } from "./plans.ts";
import { prepare, send } from "./send.ts";
import { tryMethods } from "./try-methods.ts";

const LANES = 10;

/**
 * Asks every operation of every service, right and wrong in many ways, and judges every answer by its OpenAPI document.
 * The same seed makes the same requests in the same order; which of several lanes is served first is the machine's.
 *
 * @param options.only sends only the request of this number, after the house was filled as always
 */
export async function runFuzz(
  house: House,
  options: { readonly requests: number; readonly seed: number; readonly only?: number },
): Promise<FuzzReport> {
  const began = performance.now();
  const operations = await readOperations();
  const book = makeBook(options.seed, { gateway: house.urlOf("gateway") });
  await tryMethods(house, operations, book);
  const plans = makePlans(operations, options);
  const left = plans.filter(({ turn }) => options.only === undefined || turn === options.only).values();
  await Promise.all(Array.from({ length: LANES }, () => workThrough(house, left, book)));
  return book.report((performance.now() - began) / 1000, operations);
}

type Numbered = { readonly operation: Operation; readonly plan: Plan; readonly turn: number };

function makePlans(
  operations: readonly Operation[],
  { requests, seed }: { requests: number; seed: number },
): Numbered[] {
  const each = Math.ceil(requests / operations.length);
  const lists = operations.map((operation, at) => [
    // However short a run is, each operation is asked rightly once, and through the gateway once more.
    ...surePlans(operation, seed + at),
    ...fc.sample(planFor(operation), { seed: seed + at, numRuns: each }),
  ]);
  // Turn about, so that things are made before they are asked for, whatever the length of the run.
  return Array.from({ length: each }, (_none, round) =>
    operations.flatMap((operation, at) => {
      const plan = lists[at]?.[round];
      return plan === undefined ? [] : [{ operation, plan, turn: round * operations.length + at }];
    }),
  ).flat();
}

function surePlans(operation: Operation, seed: number): readonly Plan[] {
  const plans = fc.sample(rightPlan(operation, grantedTo(operation)), { seed: -seed, numRuns: 2 });
  return plans.map((plan, at) => ({ ...plan, isPrepared: true, throughGateway: at > 0 }));
}

async function workThrough(house: House, left: Iterator<Numbered>, book: Book): Promise<void> {
  for (let next = left.next(); next.done !== true; next = left.next()) {
    const { operation, turn } = next.value;
    const { plan, token } = await makeReady(house, operation, next.value);
    const sent = await prepare(house, operation, { plan, turn, token });
    const answer = await send(sent);
    book.note({ operation, turn, sent, answer });
    for (const { check, fault } of judge(operation, plan, { sent, answer }))
      book.judge({ check, fault, operation, turn, sent, answer });
    await followUp(house, { operation, plan, turn, sent, answer }, book);
  }
}
