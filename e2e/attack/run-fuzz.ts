import fc from "fast-check";
import { CHECKS, type Check, judge } from "./checks.ts";
import { followUp } from "./follow-up.ts";
import type { House } from "./house.ts";
import { type Operation, readOperations } from "./operations.ts";
import { type Plan, planFor } from "./plans.ts";
import { type Answer, prepare, type Sent, send } from "./send.ts";
import { tryMethods } from "./try-methods.ts";

/** Something that should not be, once for each operation and check, with the first request that showed it. */
export type Finding = {
  readonly check: Check;
  readonly operation: string;
  readonly fault: string;
  readonly request: string;
  readonly replay: string;
  readonly times: number;
};

/** What a run did and found. */
export type FuzzReport = {
  readonly requests: number;
  readonly seconds: number;
  readonly checked: Readonly<Record<Check, number>>;
  readonly statuses: Readonly<Record<string, number>>;
  /** Operations that never answered 2xx, which a fuzzer cannot have looked into. */
  readonly neverReached: readonly string[];
  readonly findings: readonly Finding[];
};

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
  const book = makeBook(options.seed);
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
  const lists = operations.map((operation, at) => fc.sample(planFor(operation), { seed: seed + at, numRuns: each }));
  // Turn about, so that things are made before they are asked for, whatever the length of the run.
  return Array.from({ length: each }, (_none, round) =>
    operations.flatMap((operation, at) => {
      const plan = lists[at]?.[round];
      return plan === undefined ? [] : [{ operation, plan, turn: round * operations.length + at }];
    }),
  ).flat();
}

async function workThrough(house: House, left: Iterator<Numbered>, book: Book): Promise<void> {
  for (let next = left.next(); next.done !== true; next = left.next()) {
    const { operation, plan, turn } = next.value;
    const sent = await prepare(house, operation, { plan, turn });
    const answer = await send(sent);
    book.note({ operation, turn, sent, answer });
    for (const { check, fault } of judge(operation, plan, { sent, answer }))
      book.judge({ check, fault, operation, turn, sent, answer });
    await followUp(house, { operation, plan, turn, sent, answer }, book);
  }
}

export type Event = {
  readonly operation: Operation;
  readonly turn: number;
  readonly sent: Pick<Sent, "method" | "url" | "headers" | "body">;
  readonly answer: Answer;
};
export type Book = {
  readonly note: (event: Event) => void;
  readonly judge: (event: Event & { readonly check: Check; readonly fault: string | null }) => void;
  readonly report: (seconds: number, operations: readonly Operation[]) => FuzzReport;
};

function makeBook(seed: number): Book {
  const checked: Record<string, number> = Object.fromEntries(CHECKS.map((check) => [check, 0]));
  const statuses: Record<string, number> = {};
  const findings = new Map<string, Finding>();
  const reached = new Set<string>();
  let requests = 0;
  return {
    note: ({ operation, answer }) => {
      requests += 1;
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      if (answer.status < 400) reached.add(nameOf(operation));
    },
    judge: ({ check, fault, operation, turn, sent, answer }) => {
      checked[check] = (checked[check] ?? 0) + 1;
      if (fault === null) return;
      const key = `${check} ${nameOf(operation)} ${fault.slice(0, 60)}`;
      const known = findings.get(key);
      if (known !== undefined) return void findings.set(key, { ...known, times: known.times + 1 });
      findings.set(key, {
        check,
        operation: nameOf(operation),
        fault,
        request: describeRequest(sent, answer),
        replay: `npm run fuzz -- --seed ${seed} --only ${turn}`,
        times: 1,
      });
    },
    report: (seconds, operations) => ({
      requests,
      seconds: Math.round(seconds),
      checked: checked as Record<Check, number>, // filled from the list of checks
      statuses,
      neverReached: operations.map(nameOf).filter((name) => !reached.has(name)),
      findings: [...findings.values()],
    }),
  };
}

function nameOf({ service, name }: Operation): string {
  return `${service} ${name}`;
}

/** The request as somebody would type it again; tokens are of no use to anybody and stay out. */
function describeRequest({ method, url, headers, body }: Event["sent"], { status, text }: Answer): string {
  const shown = Object.entries(headers)
    .filter(([name]) => name !== "authorization")
    .map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...shown, String(body ?? "").slice(0, 600), `→ ${status} ${text.slice(0, 400)}`].join(
    "\n    ",
  );
}
