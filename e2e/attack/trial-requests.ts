import fc from "fast-check";
import type { Expected, Fit, Trial } from "./corpus/entry.ts";
import { fieldsOf, isFit, putInto, takesJson } from "./fields.ts";
import type { House } from "./house-shape.ts";
import type { Operation } from "./operations.ts";
import { grantedTo, type Plan, rightPlan } from "./plans.ts";

/** A request of the corpus before it is sent. */
export type Request = {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly expect: Expected;
  readonly headers?: Readonly<Record<string, string>>;
  /** In the place of what the plan has. */
  readonly body?: string | Buffer;
  readonly address?: (url: string, house: House) => string;
};

type RequestTrial = Exclude<
  Trial,
  { tokens: unknown } | { bytes: unknown } | { shownBy: unknown } | { notOurs: string }
>;

/** Whether a trial is sent as ordinary requests. */
export function isRequestTrial(trial: Trial): trial is RequestTrial {
  return !("tokens" in trial || "bytes" in trial || "shownBy" in trial || "notOurs" in trial);
}

/** Every request that a trial stands for. */
export function requestsOf(trial: RequestTrial, operations: readonly Operation[]): readonly Request[] {
  const { expect } = trial;
  if ("paths" in trial)
    return operations.filter(({ name }) => FRONT.includes(name)).flatMap((operation) => addressed(operation, trial));
  if ("queries" in trial) {
    return withParameter(operations, { in: "query", name: "limit" }).flatMap((operation) =>
      trial.queries.map((query) => ({
        operation,
        plan: basic(operation),
        expect,
        address: (url) => `${url.split("?", 1)[0]}?${query}`,
      })),
    );
  }
  if ("bodies" in trial) {
    const fitting = operations.filter(
      (each) => takesJson(each) && !(trial.isBodyNeeded === true && each.body?.isOptional === true),
    );
    return fitting.flatMap((operation) => withBodies(operation, trial));
  }
  if ("extra" in trial) {
    return operations.filter(takesJson).map((operation) => {
      const plan = basic(operation);
      return { operation, expect, plan: { ...plan, body: { value: { ...Object(bodyOf(plan)), ...trial.extra } } } };
    });
  }
  return operations
    .filter(({ name }) => trial.only?.includes(name) ?? true)
    .flatMap((operation) => withValues(operation, trial));
}

/** One operation of each service whose address is replaced by the trial's. */
const FRONT = ["GET /auth", "GET /orders", "GET /payments/", "GET /status"];

function addressed(operation: Operation, { paths, expect }: Extract<Trial, { paths: unknown }>): readonly Request[] {
  // Somebody else's path is simply unknown to a service; the gateway knows them all.
  const wanted = operation.service === "gateway" || expect === "taken" ? expect : [...expect, 404];
  const plan = { ...basic(operation), caller: "admin" as const };
  return paths.map((path) => ({
    operation,
    plan,
    expect: wanted,
    address: (url, { things }) => {
      const known = path
        .replace("{{order}}", things.get("orders")?.[0]?.id ?? "")
        .replace("{{charge}}", things.get("payments")?.[0]?.id ?? "");
      return `${new URL(url).origin}${known}`;
    },
  }));
}

function withBodies(
  operation: Operation,
  { bodies, headers = {}, expect }: Extract<Trial, { bodies: unknown }>,
): readonly Request[] {
  const plan = basic(operation);
  const good = JSON.stringify(bodyOf(plan) ?? {});
  return bodies.map((body) => ({
    operation,
    plan: { ...plan, type: "application/json" },
    expect,
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body.replaceAll("GOOD", good) : body,
  }));
}

type ValueTrial = Extract<Trial, { fits: unknown }>;

function withValues(operation: Operation, trial: ValueTrial): readonly Request[] {
  const { fits, expect } = trial;
  if ("field" in fits) return inBody(operation, fits, trial);
  const values = "values" in trial ? trial.values.map(String) : [];
  const plan = basic(operation);
  const change = (part: Partial<Plan>): Request => ({ operation, plan: { ...plan, ...part }, expect });
  if ("query" in fits) {
    const fitting = withParameter([operation], { in: "query", name: fits.query });
    return fitting.flatMap(() => values.map((value) => change({ query: { [fits.query]: value } })));
  }
  if ("header" in fits) {
    const fitting = withParameter([operation], { in: "header", name: fits.header });
    return fitting.flatMap(() => values.map((value) => change({ headers: { [fits.header]: value } })));
  }
  // A thing by its id: other words in a path are no ids.
  if (!operation.path.includes("{id}") || SAYS_NOTHING.includes(operation.path)) return [];
  return values.map((value) => change({ path: { ...plan.path, id: value } }));
}

function isThere(value: unknown, place: readonly string[]): boolean {
  if (value === undefined || value === null) return false;
  const [key, ...rest] = place;
  return key === undefined || isThere(Object(value)[key], rest);
}

/** Where a CPF or e-mail is looked at only after a code that nobody has here, or not at all (`payer`). */
const PERSONAL_ELSEWHERE = ["POST /customers/invitations/accept", "POST /payments/"];

/** Where somebody unknown is answered as somebody who has nothing. */
const SAYS_NOTHING = ["/privacy/customers/{id}", "/customers/{id}/pin"];

const MARK = "in-the-place-of-this";

function inBody(
  operation: Operation,
  { field: kind }: Extract<Fit, { field: unknown }>,
  trial: ValueTrial,
): readonly Request[] {
  const { body } = operation;
  if (body === null || body.type.startsWith("image/")) return [];
  const isForm = body.type.includes("form");
  // A form holds texts only, and OAuth refuses in words and statuses of its own.
  if (isForm && kind !== "username") return [];
  if (PERSONAL_ELSEWHERE.includes(operation.name) && ["cpf", "email"].includes(kind)) return [];
  const plan = { ...basic(operation), type: body.type };
  const { expect } = trial;
  return (
    fieldsOf(body.schema)
      // What must be taken needs a right place: an object made up around one field lacks the others.
      .filter((field) => isFit(field, kind) && (expect !== "taken" || isThere(bodyOf(plan), field.place.slice(0, -1))))
      .flatMap(({ place }): readonly Request[] => {
        const put = (value: unknown) => putInto(bodyOf(plan), place, value);
        if ("values" in trial)
          return trial.values.map((value) => ({ operation, plan: { ...plan, body: { value: put(value) } }, expect }));
        return trial.texts.map((text) => ({
          operation,
          plan: { ...plan, body: { raw: JSON.stringify(put(MARK)).replace(JSON.stringify(MARK), text) } },
          expect,
        }));
      })
  );
}

function withParameter(
  operations: readonly Operation[],
  wanted: { readonly in: string; readonly name: string },
): readonly Operation[] {
  return operations.filter(({ parameters }) =>
    parameters.some((each) => each.in === wanted.in && each.name === wanted.name),
  );
}

/** A right request of this operation, by the most powerful of those who may. */
function basic(operation: Operation): Plan {
  const granted = grantedTo(operation);
  const [plan] = fc.sample(
    rightPlan(operation, [granted.find((name) => name === "admin") ?? granted.at(-1) ?? "nobody"]),
    { seed: 1, numRuns: 1 },
  );
  if (plan === undefined) throw new Error(`no request for ${operation.name}`);
  const path = Object.fromEntries(Object.keys(plan.path).map((name) => [name, `{{path ${name}}}`]));
  // A refund is of an amount or of lines, never both: a rule that no schema here tells.
  const { items: _lines, ...alone } = Object(bodyOf(plan));
  const body = operation.name === "POST /payments/{id}/refunds" ? { value: alone } : plan.body;
  return { ...plan, path, query: {}, headers: {}, body, throughGateway: false, isPrepared: false };
}

function bodyOf({ body }: Plan): unknown {
  return body !== null && "value" in body ? body.value : undefined;
}
