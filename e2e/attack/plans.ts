import { CALLER_NAMES, type CallerName, callersOf } from "@comanda/testing/callers";
import fc from "fast-check";
import type { Operation, Parameter, Schema } from "./operations.ts";
import { hostile, PIXEL, valid, word } from "./values.ts";

/** What a request is meant to show. */
type Intent =
  /** Right in every part. */
  | "valid"
  /** One part is changed; whether it still fits is the document's to say. */
  | "mutated"
  /** Right, but without a token, or with a bad one. */
  | "unauthenticated"
  /** Right, but by somebody who may not. */
  | "forbidden"
  /** Right, without a header that it needs. */
  | "headerless";

/** A request before it is sent: plain data, with `{{words}}` for what only a running system has. */
export type Plan = {
  readonly intent: Intent;
  readonly caller: CallerName;
  /** What is sent in the place of a good token. */
  readonly badToken: string | null;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as a value, or as raw text. */
  readonly body: { readonly value: unknown } | { readonly raw: string } | null;
  readonly type: string | null;
  readonly throughGateway: boolean;
  /** Whether the system is brought into the state first in which a right request succeeds (`occasions.ts`). */
  readonly isPrepared: boolean;
};

/** What a random plan is made of. */
export function planFor(operation: Operation): fc.Arbitrary<Plan> {
  const granted = grantedTo(operation);
  const refused = CALLER_NAMES.filter((name) => name !== "nobody" && !granted.includes(name));
  const isGuarded = operation.access !== "tokenless" && operation.access !== "public";
  const right = rightPlan(operation, granted);
  const mutated = right.chain((plan) => mutate(operation, plan));
  const choices: { weight: number; arbitrary: fc.Arbitrary<Plan> }[] = [
    { weight: 8, arbitrary: right },
    { weight: 9, arbitrary: mutated },
  ];
  if (isGuarded) choices.push({ weight: 2, arbitrary: withoutRight(right) });
  if (isGuarded && refused.length > 0) {
    const refusal = fc
      .constantFrom(...refused)
      .chain((caller) => right.map((plan) => ({ ...plan, caller, intent: "forbidden" as const })));
    choices.push({ weight: 1, arbitrary: refusal });
  }
  if (operation.body !== null && !operation.body.isOptional) {
    choices.push({
      weight: 1,
      arbitrary: right.map((plan) => ({ ...plan, intent: "headerless" as const, type: null })),
    });
  }
  return fc.oneof(...choices);
}

/** Whoever may ask, a token in hand where one is looked at. */
export function grantedTo({ access }: Operation): readonly CallerName[] {
  if (access === "tokenless") return ["nobody"];
  if (access === "public") return ["nobody", "registered", "admin"];
  return access.split(" ").flatMap((grant) => callersOf(grant === "customer" ? "customers" : grant));
}

/** A right request by one of these. */
export function rightPlan(operation: Operation, granted: readonly CallerName[]): fc.Arbitrary<Plan> {
  const of = (place: Parameter["in"]) => operation.parameters.filter((parameter) => parameter.in === place);
  const body = operation.body === null ? fc.constant(null) : bodyOf(operation.body);
  return fc.record({
    intent: fc.constant<Intent>("valid"),
    caller: fc.constantFrom(...granted),
    badToken: fc.constant(null),
    path: texts(of("path"), (parameter) =>
      fc.oneof(
        { weight: 9, arbitrary: fc.constant(word(`path ${parameter.name}`)) },
        { weight: 1, arbitrary: fc.uuid({ version: 7 }) },
      ),
    ),
    query: texts(
      of("query").filter(({ name }) => !UNGUESSABLE.has(name)),
      (parameter) => asText(valid(parameter.schema, parameter.name)),
    ),
    headers: texts(of("header"), (parameter) => asText(headerValue(parameter))),
    body,
    type: fc.constant(operation.body?.type ?? null),
    throughGateway: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    // It costs a handful of requests more.
    isPrepared: fc.integer({ min: 0, max: 7 }).map((dice) => dice === 0),
  });
}

/** Only a page or a ticket gives these out. */
const UNGUESSABLE = new Set(["cursor", "ticket", "last_event_id"]);

function headerValue({ name, schema }: Parameter): fc.Arbitrary<unknown> {
  if (name === "if-match" || name === "if-none-match") return fc.constantFrom('"1"', '"2"');
  if (name === "idempotency-key") return fc.constant(word("fresh_key"));
  return valid(schema, name);
}

function bodyOf({ schema, type, isOptional }: NonNullable<Operation["body"]>): fc.Arbitrary<Plan["body"]> {
  if (type.startsWith("image/")) return fc.constant({ raw: PIXEL });
  const value = valid(schema).map((made) => ({ value: made }));
  return isOptional
    ? fc.oneof(
        value.filter(({ value: made }) => made !== null),
        fc.constant(null),
      )
    : value;
}

function texts(
  parameters: readonly Parameter[],
  make: (parameter: Parameter) => fc.Arbitrary<string>,
): fc.Arbitrary<Record<string, string>> {
  const record = Object.fromEntries(parameters.map((parameter) => [parameter.name, make(parameter)]));
  return fc.record(record, { requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name) });
}

function asText(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
}

function withoutRight(right: fc.Arbitrary<Plan>): fc.Arbitrary<Plan> {
  const bad = fc.constantFrom("", "a.b.c", "{{expired}}", "{{tampered}}", "{{foreign}}", "eyJhbGciOiJub25lIn0.e30.");
  return fc.tuple(right, bad).map(([plan, badToken]) => ({ ...plan, intent: "unauthenticated", badToken }));
}

/** One change to one part. */
function mutate(operation: Operation, plan: Plan): fc.Arbitrary<Plan> {
  const changes: fc.Arbitrary<Partial<Plan>>[] = [];
  const params = Object.keys(plan.path);
  if (params.length > 0) {
    const change = fc.tuple(
      fc.constantFrom(...params),
      fc.oneof(
        fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
        fc.constantFrom("not-a-uuid", "%00", "x".repeat(300)),
      ),
    );
    changes.push(change.map(([name, value]) => ({ path: { ...plan.path, [name]: encode(value) } })));
  }
  const query = operation.parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name);
  const names = fc.constantFrom(...query, "unknown", "__proto__", "limit");
  changes.push(fc.tuple(names, asText(hostile)).map(([name, value]) => ({ query: { ...plan.query, [name]: value } })));
  if (plan.body !== null && "value" in plan.body && !plan.type?.includes("form")) {
    const { value } = plan.body;
    const weighty = mutateBody(value, operation.body?.schema ?? {});
    changes.push(weighty, weighty, weighty, weighty, malformed(value));
  }
  if (plan.body !== null && "value" in plan.body && plan.type?.includes("form"))
    changes.push(...mutateForm(plan.body.value));
  if (plan.body !== null && plan.type !== null) {
    changes.push(
      fc
        .constantFrom("text/plain", "application/xml", "multipart/form-data", `${plan.type}; charset=utf-16`)
        .map((type) => ({ type })),
    );
  }
  return fc.oneof(...changes).map((change) => ({ ...plan, ...change, intent: "mutated" }));
}

function mutateBody(value: unknown, schema: Schema): fc.Arbitrary<Partial<Plan>> {
  const places = placesIn(value);
  return fc
    .tuple(
      fc.constantFrom(...places),
      fc.constantFrom("replace", "replace", "replace", "drop", "add"),
      hostile,
      valid(schema),
    )
    .map(([place, what, replacement]) => ({ body: { value: changed(value, { place, what, replacement }) } }));
}

/** A field with something else in it, and what is no form of distinct fields in UTF-8. */
function mutateForm(value: unknown): fc.Arbitrary<Partial<Plan>>[] {
  const fields = Object.keys(Object(value));
  const odd = fc.constantFrom("a=1&a=2", "a=%zz", "a=%ff%fe", "é=1", "a=\u0000", "a=1&b=2&%61=3");
  const malformedForm = odd.map((raw) => ({ body: { raw } }));
  if (fields.length === 0) return [malformedForm];
  const wrongField = fc
    .tuple(fc.constantFrom(...fields), asText(hostile))
    .map(([name, text]) => ({ body: { value: { ...Object(value), [name]: text.toWellFormed() } } }));
  return [malformedForm, wrongField, wrongField];
}

/** Paths to every value inside, the whole included. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

type Change = { readonly place: readonly string[]; readonly what: string; readonly replacement: unknown };

function changed(value: unknown, { place, what, replacement }: Change): unknown {
  const [key, ...rest] = place;
  if (key === undefined) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return what === "add" && isObject ? { ...value, is_admin: replacement } : replacement;
  }
  const inner = (value as Record<string, unknown>)[key]; // the place was found in this very value
  if (what === "drop" && rest.length === 0) {
    if (Array.isArray(value)) return value.filter((_each, at) => String(at) !== key);
    return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => name !== key));
  }
  const next = changed(inner, { place: rest, what, replacement });
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === key ? next : each));
  return { ...Object(value), [key]: next };
}

function malformed(value: unknown): fc.Arbitrary<Partial<Plan>> {
  const good = JSON.stringify(value);
  return fc
    .constantFrom(
      good.slice(0, -1),
      `${good}x`,
      `${good}${good}`,
      "",
      " ",
      `\ufeff${good}`,
      `{"a":1,"a":2}`,
      `{"__proto__":{}}`,
      "[".repeat(40),
      "nul",
    )
    .map((raw) => ({ body: { raw } }));
}

function encode(value: string): string {
  // A lone surrogate cannot be written in an address at all.
  return encodeURIComponent(value.toWellFormed());
}
