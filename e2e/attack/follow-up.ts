import fc from "fast-check";
import type { Book } from "./book.ts";
import { isSuccess } from "./checks.ts";
import type { House } from "./house-shape.ts";
import type { Operation } from "./operations.ts";
import { type Plan, rightPlan } from "./plans.ts";
import { type Answer, prepare, type Sent, send } from "./send.ts";
import { noteMade } from "./things.ts";

// Each of these is a request more; a part of the answers is enough.
const EVERY = 3;
/** Where what was made is found again, when it is not below the same path. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  "/customers/anonymous": "/customers",
  "/customers/register": "/customers",
  "/customers/admin": "/customers",
};
/** What has no address of its own: nobody reads one device, category of no orders and so on. */
const READABLE = ["/customers", "/categories", "/products", "/orders", "/payments"];

/** What stays when it is taken back, as a revoked device does, and what a person has or has not: once more is no mistake. */
const STAYS = ["/devices/{id}", "/customers/sessions/{id}", "/customers/invitations/{id}", "/customers/{id}/pin"];

type Done = {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly turn: number;
  readonly sent: Sent;
  readonly answer: Answer;
};

/** What was made is there, what was taken away is gone, and what was done once is not done again (TM-05; OR-11). */
export async function followUp(
  house: House,
  { operation, plan, turn, sent: first, answer }: Done,
  book: Book,
): Promise<void> {
  if (answer.status === 201) noteMade(house, operation, { caller: plan.caller, answer: answer.json });
  if (turn % EVERY !== 0 && operation.method !== "DELETE") return;
  await askAgain(house, { operation, plan, turn, sent: first, answer }, book);
  const made = Object(answer.json);
  const id = made.id ?? made.customer?.id;
  const collection = COLLECTIONS[operation.path] ?? operation.path.replace(/\/$/, "");
  if (operation.method === "POST" && answer.status === 201 && typeof id === "string" && READABLE.includes(collection)) {
    const url = `${house.urlOf(operation.service)}${collection}/${id}`;
    const token =
      made.access_token ??
      (await house.tokenOf(collection === "/customers" ? "admin" : plan.caller, serviceOf(operation)));
    const sent = { method: "GET", url, headers: { authorization: `Bearer ${token}` }, body: null };
    const found = await send(sent);
    book.note({ operation, turn, sent, answer: found });
    const fault = found.status === 200 ? null : `made, and then answered ${found.status}`;
    book.judge({ check: "ensure-resource-availability", fault, operation, turn, sent, answer: found });
  }
  if (operation.method === "DELETE" && !STAYS.includes(operation.path) && answer.status >= 200 && answer.status < 300) {
    for (const method of isReadable(operation) ? ["GET", "DELETE"] : ["DELETE"]) {
      const sent = { ...first, method };
      const gone = await send(sent);
      book.note({ operation, turn, sent, answer: gone });
      const fault = gone.status === 404 ? null : `${method} of what was taken away answered ${gone.status}`;
      book.judge({ check: "use-after-free", fault, operation, turn, sent, answer: gone });
    }
  }
}

/** The same key and body get the first answer once more; the same key with another body gets nothing. */
async function askAgain(house: House, { operation, plan, turn, sent, answer }: Done, book: Book): Promise<void> {
  const isKeyed = sent.headers["idempotency-key"] !== undefined && plan.intent === "valid";
  if (!isKeyed || !isSuccess(answer) || operation.method !== "POST") return;
  const again = await send(sent);
  book.note({ operation, turn, sent, answer: again });
  const isSame = again.status === answer.status && again.text === answer.text;
  const isTold = again.headers.get("idempotency-replayed") === "true";
  const fault = isSame && isTold ? null : `replayed: ${isTold}, once more ${again.status} ${again.text.slice(0, 200)}`;
  book.judge({ check: "idempotent-replay", fault, operation, turn, sent, answer });
  const [another] = fc.sample(rightPlan(operation, [plan.caller]), { seed: turn, numRuns: 1 });
  const { body } = await prepare(house, operation, { plan: { ...plan, body: another?.body ?? null }, turn });
  if (body === null || body === sent.body) return;
  const other = { ...sent, body };
  const refused = await send(other);
  book.note({ operation, turn, sent: other, answer: refused });
  const taken = isSuccess(refused) ? `another body under the same key was answered ${refused.status}` : null;
  book.judge({ check: "idempotent-replay", fault: taken, operation, turn, sent: other, answer: refused });
}

function isReadable({ path }: Operation): boolean {
  return READABLE.includes(path.replace(/\/\{\w+\}$/, ""));
}

function serviceOf({ service }: Operation): "auth" | "order" | "payment" {
  return service === "gateway" ? "auth" : service;
}
