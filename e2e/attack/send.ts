import { newId } from "@comanda/primitives";
import { BAD_TOKENS, claimsOf } from "@comanda/testing/token-states";
import { doorOf } from "./doors.ts";
import type { House } from "./house-shape.ts";
import type { Operation } from "./operations.ts";
import type { Plan } from "./plans.ts";
import { thingFor } from "./things.ts";

/** A request as it went out. */
export type Sent = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
  /** The parts as the document names them, for judging what was sent. */
  readonly query: Readonly<Record<string, string>>;
  readonly value: unknown;
};

/** An answer as it came in. */
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body when it is JSON. */
  readonly json: unknown;
};

/** Puts what exists in the place of a plan's `{{words}}`. `turn` decides which of several things is taken. */
export async function prepare(
  house: House,
  operation: Operation,
  { plan, turn, token = null }: { plan: Plan; turn: number; token?: string | null },
): Promise<Sent> {
  const thing = thingFor(house, { operation, caller: plan.caller, turn });
  const product = house.things.get("products")?.[turn % 2]?.id ?? "";
  const category = house.things.get("categories")?.[0]?.id ?? "";
  const words: Readonly<Record<string, () => string>> = {
    fresh_cpf: house.freshCpf,
    fresh_email: house.freshEmail,
    fresh_key: newId,
    known_cpf: () => house.guest.cpf,
    known_email: () => house.guest.email,
    client_secret: () => house.clientSecret,
    token: () => house.guest.token,
    dotted_cpf: () => house.guest.cpf.replace(/^(...)(...)(...)(..)$/, "$1.$2.$3-$4"),
    order: () => house.things.get("orders")?.[0]?.id ?? "",
    charge: () => house.things.get("payments")?.[0]?.id ?? "",
    product: () => product,
    category: () => category,
  };
  const fill = (text: string) =>
    text.replaceAll(/\{\{([a-z_ ]+)\}\}/g, (whole, name: string) => {
      if (name.startsWith("path ")) return name === "path id" ? thing.id : (thing.parts[name.slice(5)] ?? newId());
      return words[name]?.() ?? whole;
    });
  const body = plan.body === null ? null : fill("raw" in plan.body ? plan.body.raw : JSON.stringify(plan.body.value));
  const isForm = plan.type?.includes("urlencoded") === true;
  const isImage = plan.type?.startsWith("image/") === true;
  const value: unknown = body === null || (plan.body !== null && "raw" in plan.body) ? undefined : JSON.parse(body);
  const query = Object.fromEntries(Object.entries(plan.query).map(([name, text]) => [name, fill(text).toWellFormed()]));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => fill(plan.path[name] ?? ""));
  const through = plan.throughGateway && doorOf(operation.path) !== null;
  const search = new URLSearchParams(query).toString();
  return {
    method: operation.method,
    url: `${house.urlOf(through ? "gateway" : operation.service)}${through ? aliased(path, turn) : path}${search === "" ? "" : `?${search}`}`,
    headers: {
      ...Object.fromEntries(Object.entries(plan.headers).map(([name, text]) => [name, fill(text)])),
      ...(plan.type === null || body === null ? {} : { "content-type": plan.type }),
      ...(token === null ? await authorization(house, operation, plan) : { authorization: `Bearer ${token}` }),
    },
    body: isImage
      ? Buffer.from(body ?? "", "base64")
      : isForm && value !== undefined
        ? new URLSearchParams(textsOf(value)).toString()
        : body,
    query,
    value,
  };
}

/** Guests are found under two names, of which both are in use. */
function aliased(path: string, turn: number): string {
  return turn % 2 === 0 ? path.replace(/^\/customers(?=\/|$)/, "/customer") : path;
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, each]) => [name, String(each)]));
}

async function authorization(house: House, operation: Operation, plan: Plan): Promise<Record<string, string>> {
  const service = operation.service === "gateway" ? "auth" : operation.service;
  if (plan.badToken === "") return {};
  if (plan.badToken !== null) return { authorization: `Bearer ${await badToken(house, plan.badToken, service)}` };
  return plan.caller === "nobody" ? {} : { authorization: `Bearer ${await house.tokenOf(plan.caller, service)}` };
}

const STATES: Readonly<Record<string, string>> = {
  "{{expired}}": "expired",
  "{{tampered}}": "tampered",
  "{{foreign}}": "for another service",
};

async function badToken(house: House, name: string, service: "auth" | "order" | "payment"): Promise<string> {
  const make = BAD_TOKENS[STATES[name] ?? ""];
  const signer = house.signerOf(service);
  return make === undefined ? name : make(signer, claimsOf(signer, { name: "admin", id: house.idOf("admin") }));
}

type Request = Pick<Sent, "method" | "url" | "headers" | "body">;

/**
 * Sends it. A live stream is left again at once. A server may close a kept connection in the very moment in which it is
 * used again (RFC 9112 §9.5): then it is sent once more; twice is a finding.
 */
export async function send(request: Request): Promise<Answer> {
  try {
    return await sendOnce(request);
  } catch (error) {
    if (!wasClosedByServer(error)) throw error;
    return sendOnce(request);
  }
}

function wasClosedByServer(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && "code" in cause && cause.code === "UND_ERR_SOCKET";
}

async function sendOnce({ method, url, headers, body }: Request): Promise<Answer> {
  const abort = new AbortController();
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
    // A text body would be given a content type by fetch itself.
    ...(body === null ? {} : { body: Buffer.from(body) }),
  });
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    abort.abort();
    return { status: response.status, headers: response.headers, text: "", json: undefined };
  }
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: /json/.test(type) ? parsed(text) : undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON though it says so: the schema check will say it.
    return undefined;
  }
}
