import { newId } from "@comanda/primitives";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { makeBook } from "./book.ts";
import { type Check, judge } from "./checks.ts";
import { doors } from "./doors.ts";
import { occasionNames } from "./occasions.ts";
import { type Operation, readOperations } from "./operations.ts";
import { type Plan, rightPlan } from "./plans.ts";
import type { Answer, Sent } from "./send.ts";
import { UNREACHABLE } from "./unreachable.ts";

// A fuzzer that finds nothing proves something only if it would have found something.
let operations: readonly Operation[];
beforeAll(async () => {
  operations = await readOperations();
});

const HOUSE_HEADERS = {
  "content-type": "application/json",
  "x-request-id": newId(),
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

function answering(status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const text = JSON.stringify(json);
  return { status, json, text, headers: new Headers({ ...HOUSE_HEADERS, ...headers }) };
}

function sentTo(url: string, difference: Partial<Sent> = {}): Sent {
  return { method: "GET", url, headers: {}, body: null, query: {}, value: undefined, ...difference };
}

describe("what the fuzzer says of an answer that is wrong", () => {
  const product = { name: "X", price_cents: 1, category_id: newId() };

  function operationOf(wanted: string): Operation {
    const operation = operations.find(({ name }) => name === wanted);
    if (operation === undefined) throw new Error(`${wanted} is not there any more`);
    return operation;
  }

  function faultsOf(name: string, answer: Answer): readonly Check[] {
    const operation = operationOf(name);
    const [plan] = fc.sample(rightPlan(operation, ["admin"]), { seed: 1, numRuns: 1 });
    if (plan === undefined) throw new Error("nothing was generated");
    const sent = sentTo("http://localhost/");
    return judge(operation, plan, { sent, answer }).flatMap(({ check, fault }) => (fault === null ? [] : [check]));
  }

  function faults(answer: Answer, difference: Partial<Plan> = {}, value: unknown = product): readonly Check[] {
    const operation = operationOf("POST /products");
    const [right] = fc.sample(rightPlan(operation, ["admin"]), { seed: 1, numRuns: 1 });
    if (right === undefined) throw new Error("nothing was generated");
    const plan: Plan = { ...right, body: { value }, isPrepared: false, ...difference };
    const sent = sentTo("http://localhost/products", { method: "POST", value, body: JSON.stringify(value) });
    return judge(operation, plan, { sent, answer }).flatMap(({ check, fault }) => (fault === null ? [] : [check]));
  }
  const problem = (status: number, code: string) =>
    answering(
      status,
      {
        type: `urn:comanda:problem:${code}`,
        title: "x",
        status,
        detail: "x",
        instance: "/products",
        code,
        request_id: newId(),
      },
      { "content-type": "application/problem+json", ...(status === 401 ? { "www-authenticate": "Bearer" } : {}) },
    );

  it.each<[string, Check, () => readonly Check[]]>([
    ["breaks", "not-a-server-error", () => faults(problem(500, "internal"))],
    ["is busy and does not say for how long", "not-a-server-error", () => faults(problem(503, "unavailable"))],
    ["has a status that nobody announced", "status-code-conformance", () => faults(answering(299, {}))],
    [
      "is of another type",
      "content-type-conformance",
      () => faults(answering(201, {}, { "content-type": "text/html" })),
    ],
    ["lacks a header", "response-headers-conformance", () => faults(answering(201, {}, { "referrer-policy": "" }))],
    [
      "may be kept by a cache",
      "response-headers-conformance",
      () => faultsOf("GET /payments/{id}", answering(200, {}, { "cache-control": "public, max-age=60" })),
    ],
    [
      "lets other origins read",
      "response-headers-conformance",
      () => faults(answering(201, {}, { "access-control-allow-origin": "*" })),
    ],
    ["has another form", "response-schema-conformance", () => faults(answering(201, { id: 1 }))],
    [
      "tells of its inside",
      "response-schema-conformance",
      () =>
        faults(answering(422, { detail: "at place (store.ts:12)" }, { "content-type": "application/problem+json" })),
    ],
    [
      "takes wrong data",
      "negative-data-rejection",
      () => faults(answering(201, {}), { intent: "mutated" }, { ...product, price_cents: "1" }),
    ],
    ["refuses right data", "positive-data-acceptance", () => faults(problem(422, "validation-failed"))],
    [
      "refuses what was prepared",
      "positive-data-acceptance",
      () => faults(problem(409, "name-taken"), { isPrepared: true }),
    ],
    [
      "takes a body without its type",
      "missing-required-header",
      () => faults(answering(201, {}), { intent: "headerless" }),
    ],
    ["lets nobody in", "ignored-auth", () => faults(answering(201, {}), { intent: "unauthenticated" })],
    ["lets somebody in who may not", "ignored-auth", () => faults(answering(201, {}), { intent: "forbidden" })],
  ])("when it %s, then %s says so", (_what, check, found) => {
    expect(found()).toContain(check);
  });

  it("when nothing is wrong with a refusal, then nothing is said", () => {
    expect(faults(problem(401, "unauthenticated"), { intent: "unauthenticated" })).toEqual([]);
    expect(faults(problem(422, "validation-failed"), { intent: "mutated" }, { price_cents: -1 })).toEqual([]);
  });
});

describe("what the fuzzer says of operations that it never did rightly", () => {
  const gateway = "http://gateway.test";

  /** A run in which all but one of the operations were done once, half of them through the gateway. */
  function runWithout(missing: string, excuses = UNREACHABLE) {
    const book = makeBook(1, { gateway, excuses });
    const answer = answering(200, {});
    const note = (operation: Operation, url: string) => book.note({ operation, turn: 0, sent: sentTo(url), answer });
    const [first] = operations;
    for (const operation of operations)
      if (`${operation.service} ${operation.name}` !== missing) note(operation, "http://service.test/x");
    for (const door of doors())
      if (first !== undefined && `gateway ${door}` !== missing && !door.startsWith("/docs/"))
        note(first, `${gateway}${door}`);
    return book.report(1, operations);
  }

  it("when all were answered, then nothing; when one was not, or only with a refusal, then its name", () => {
    expect(runWithout("")).toMatchObject({ neverReached: [], needlessExcuses: [] });
    for (const name of ["order PATCH /orders/{id}", "gateway /audit/payment", "gateway GET /status"])
      expect(runWithout(name).neverReached).toEqual([name]);
    const [operation] = operations;
    if (operation === undefined) throw new Error("there are no operations");
    const book = makeBook(1, { gateway });
    book.note({ operation, turn: 0, sent: sentTo(gateway), answer: answering(304, {}) });
    expect(book.report(1, [operation]).neverReached).toContain(`${operation.service} ${operation.name}`);
  });

  it("when an excuse is not needed, or is for what is not there, then its name", () => {
    const excused = { ...UNREACHABLE, "order PATCH /orders/{id}": "x", "order GET /gone": "x" };
    expect(runWithout("order PATCH /orders/{id}", excused)).toMatchObject({
      neverReached: [],
      needlessExcuses: ["order GET /gone"],
    });
    expect(runWithout("", excused).needlessExcuses).toEqual(["order PATCH /orders/{id}", "order GET /gone"]);
  });

  it("when an occasion is written down, then it is one of an operation that is there", () => {
    const names = operations.map(({ service, name }) => `${service} ${name}`);
    expect(occasionNames().filter((name) => !names.includes(name))).toEqual([]);
  });
});
