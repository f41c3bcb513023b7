import { faultsOfHeaders } from "@comanda/testing/response-headers";
import type { Operation } from "./operations.ts";
import type { Plan } from "./plans.ts";
import type { Answer, Sent } from "./send.ts";

/** The names of the checks (reliability TM-05, and one of our own), as they are counted and reported. */
export const CHECKS = [
  "not-a-server-error",
  "status-code-conformance",
  "content-type-conformance",
  "response-headers-conformance",
  "response-schema-conformance",
  "negative-data-rejection",
  "positive-data-acceptance",
  "missing-required-header",
  "unsupported-method",
  "allow-header-conformance",
  "use-after-free",
  "ensure-resource-availability",
  "ignored-auth",
  "idempotent-replay",
] as const;
export type Check = (typeof CHECKS)[number];

/** What a check has to say of an answer: nothing, or what is wrong. */
export type Judgement = { readonly check: Check; readonly fault: string | null };

/** Everything that can be said of one answer by itself. */
export function judge(
  operation: Operation,
  plan: Plan,
  { sent, answer }: { sent: Sent; answer: Answer },
): readonly Judgement[] {
  const judgements: (Judgement | null)[] = [
    serverError(answer),
    statusCode(operation, answer),
    contentType(operation, answer),
    responseHeaders(operation, answer),
    responseSchema(operation, answer),
    authentication(plan, answer),
    data(operation, plan, { sent, answer }),
    missingHeader(plan, answer),
  ];
  return judgements.filter((each) => each !== null);
}

function serverError({ status, headers }: Answer): Judgement {
  // Shedding load or a dependency that is away is said with 503 and when to come back; nothing else above 499 is.
  const isDeliberate = status === 503 && headers.get("retry-after") !== null;
  return { check: "not-a-server-error", fault: status >= 500 && !isDeliberate ? `answered ${status}` : null };
}

function statusCode({ answers }: Operation, { status }: Answer): Judgement {
  return { check: "status-code-conformance", fault: answers.has(status) ? null : `${status} is not documented` };
}

function contentType({ answers }: Operation, answer: Answer): Judgement | null {
  const documented = answers.get(answer.status);
  if (documented === undefined) return null;
  const type = typeOf(answer);
  const fits =
    documented.size === 0 ? answer.text === "" : [...documented.keys()].some((each) => each.split(";")[0] === type);
  return { check: "content-type-conformance", fault: fits ? null : `${answer.status} came as "${type}"` };
}

function typeOf({ headers }: Answer): string {
  return headers.get("content-type")?.split(";")[0] ?? "";
}

/** Headers that every answer of the house carries, and those that a status asks for. */
function responseHeaders({ path }: Operation, { status, headers }: Answer): Judgement {
  const wanted: Readonly<Record<string, boolean>> = {
    "x-request-id": true,
    "www-authenticate": status === 401,
    allow: status === 405,
    "retry-after": status === 429 || status === 503,
  };
  const missing = Object.keys(wanted).filter((name) => wanted[name] === true && (headers.get(name) ?? "") === "");
  const faults = [...missing.map((name) => `no ${name}`), ...faultsOfHeaders({ headers, url: path })];
  return {
    check: "response-headers-conformance",
    fault: faults.length === 0 ? null : `${status}: ${faults.join(", ")}`,
  };
}

function responseSchema({ answers }: Operation, answer: Answer): Judgement | null {
  const validate = answers.get(answer.status)?.get(typeOf(answer));
  const isJson = typeOf(answer).includes("json");
  if (validate === undefined || !isJson) return null;
  const isRight = validate(answer.json) === true;
  const [error] = validate.errors ?? [];
  const leak = /\bat .+\.ts:\d+|node_modules|\bselect .+ from\b|SQLSTATE/i.exec(answer.text)?.[0];
  const fault = isRight ? null : `${answer.status}: ${error?.instancePath} ${error?.message}`;
  return { check: "response-schema-conformance", fault: leak === undefined ? fault : `tells of its inside: ${leak}` };
}

function authentication({ intent }: Plan, { status, headers }: Answer): Judgement | null {
  const shown = headers.get("www-authenticate") ?? "";
  if (intent === "unauthenticated") {
    return {
      check: "ignored-auth",
      fault: status === 401 && shown !== "" ? null : `answered ${status} without a good token`,
    };
  }
  if (intent !== "forbidden") return null;
  return { check: "ignored-auth", fault: status === 403 ? null : `answered ${status} to somebody who may not` };
}

/** Whether right data were taken and wrong data refused; the document says which is which. */
function data(operation: Operation, plan: Plan, { sent, answer }: { sent: Sent; answer: Answer }): Judgement | null {
  if (plan.intent !== "valid" && plan.intent !== "mutated") return null;
  const isRight = plan.intent === "valid" || fits(operation, plan, sent);
  if (!isRight) {
    const isRefused = answer.status >= 400 && answer.status < 500;
    return {
      check: "negative-data-rejection",
      fault: isRefused ? null : `took wrong data and answered ${answer.status}`,
    };
  }
  if (plan.intent === "mutated") return null;
  if (plan.isPrepared) {
    const fault = isSuccess(answer)
      ? null
      : `what was prepared was answered ${answer.status} ${answer.text.slice(0, 300)}`;
    return { check: "positive-data-acceptance", fault };
  }
  const isBeyond = BEYOND_SCHEMA.some(({ name, rule }) => name === operation.name && answer.text.includes(rule));
  const isRefused = [400, 405, 413, 415].includes(answer.status) || Object(answer.json).code === "validation-failed";
  // The OAuth endpoints say 400 to whatever does not open a door (RFC 6749 §5.2).
  const isOauth = Object(answer.json).error !== undefined;
  const fault =
    isRefused && !isOauth && !isBeyond ? `refused right data: ${answer.status} ${answer.text.slice(0, 300)}` : null;
  return { check: "positive-data-acceptance", fault };
}

/** Whether an answer is a success: what was asked for was done or given. */
export function isSuccess({ status }: Pick<Answer, "status">): boolean {
  return status >= 200 && status < 300;
}

/** Rules between fields that the schema leaves to the description, each with the words of its refusal. */
const BEYOND_SCHEMA = [{ name: "POST /payments/{id}/refunds", rule: "diga o valor ou os itens, não os dois" }];

function fits({ isBodyValid, isQueryValid, body }: Operation, plan: Plan, { query, value, body: raw }: Sent): boolean {
  if (
    !isQueryValid(query) ||
    Object.values(plan.path).some((part) => !/^(?:\{\{path \w+\}\}|[0-9a-f-]{36})$/i.test(part))
  )
    return false;
  const isNothing = plan.body === null || raw === "";
  if (body === null || (isNothing && body.isOptional)) return true;
  if (plan.type !== body.type || raw === null) return false;
  if (body.type.startsWith("image/")) return true;
  // A form's fields are all texts, and its document allows any; as raw text it was made to be no form.
  if (body.type.includes("form")) return plan.body !== null && "value" in plan.body;
  return plan.body !== null && "value" in plan.body && isBodyValid(value);
}

function missingHeader({ intent }: Plan, { status }: Answer): Judgement | null {
  if (intent !== "headerless") return null;
  const isRefused = status >= 400 && status < 500;
  return {
    check: "missing-required-header",
    fault: isRefused ? null : `answered ${status} to a body without its type`,
  };
}
