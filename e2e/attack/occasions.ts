import type { House } from "./house-shape.ts";
import { GUEST_OCCASIONS } from "./occasions/guests.ts";
import { MONEY_OCCASIONS } from "./occasions/money.ts";
import type { MakeOccasion, Occasion, Occasions } from "./occasions/occasion.ts";
import { ORDER_OCCASIONS } from "./occasions/orders.ts";
import { STAFF_OCCASIONS } from "./occasions/staff.ts";
import { TOKEN_OCCASIONS } from "./occasions/tokens.ts";
import type { Operation } from "./operations.ts";
import type { Plan } from "./plans.ts";

/** By service, since several have operations of one name. */
const OCCASIONS: Readonly<Record<string, Occasions>> = {
  auth: { ...TOKEN_OCCASIONS, ...STAFF_OCCASIONS, ...GUEST_OCCASIONS },
  order: ORDER_OCCASIONS,
  payment: MONEY_OCCASIONS,
};

/** Every occasion, as `order PATCH /orders/{id}`: one of an operation that is gone would never be made. */
export function occasionNames(): readonly string[] {
  return Object.entries(OCCASIONS).flatMap(([service, occasions]) =>
    Object.keys(occasions).map((name) => `${service} ${name}`),
  );
}

/** A plan as it is sent, and the token that goes with it when it is nobody's of the house. */
export type ReadyPlan = { readonly plan: Plan; readonly token: string | null };

/**
 * Makes what a prepared plan needs and puts it in the place of what was generated. Of a plan that is wrong in one part
 * on purpose, body and query stay as they are.
 */
export async function makeReady(
  house: House,
  operation: Operation,
  { plan, turn }: { plan: Plan; turn: number },
): Promise<ReadyPlan> {
  const make = occasionFor(operation);
  const isMeant = plan.isPrepared && (plan.intent === "valid" || plan.intent === "mutated");
  if (!isMeant || make === undefined) return { plan: { ...plan, isPrepared: false }, token: null };
  return put(plan, await make(house, turn));
}

function occasionFor({ service, name }: Operation): MakeOccasion | undefined {
  return OCCASIONS[service]?.[name];
}

function put(plan: Plan, { caller = plan.caller, path, query, headers, body, ...occasion }: Occasion): ReadyPlan {
  const token = occasion.token ?? null;
  const whole = { ...plan, caller, headers: present({ ...plan.headers, ...headers }) };
  if (plan.intent === "mutated")
    return { plan: { ...whole, path: { ...plan.path, ...path, ...changedIn(plan.path) } }, token };
  const ready = { ...whole, path: { ...plan.path, ...path }, query: present({ ...plan.query, ...query }) };
  if (body === undefined || plan.body === null || "raw" in plan.body) return { plan: ready, token };
  return { plan: { ...ready, body: { value: { ...Object(plan.body.value), ...body } } }, token };
}

/** The parts of a path that are no longer words to be filled in. */
function changedIn(path: Plan["path"]): Plan["path"] {
  return Object.fromEntries(Object.entries(path).filter(([, part]) => !part.startsWith("{{")));
}

function present(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
