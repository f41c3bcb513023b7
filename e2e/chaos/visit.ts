import { setTimeout as delay } from "node:timers/promises";
import type { System } from "@comanda/testing/system";
import type { StaffAtWork } from "@comanda/testing/system-client";
import type { Answered, Client } from "./client.ts";
import type { OrderSeen } from "./history.ts";
import type { Lanes } from "./lanes.ts";
import type { Plan } from "./plan.ts";

/** What every visit of a run shares. */
export type Run = {
  readonly seed: number;
  readonly system: System;
  readonly client: Client;
  readonly lanes: Lanes;
  readonly products: readonly { readonly id: string }[];
  readonly staff: StaffAtWork;
};

/** One guest at work. */
export type Visit = {
  readonly run: Run;
  readonly plan: Plan;
  readonly token: string;
  readonly key: (of: string) => string;
};

const LOOK_EVERY_MS = 400;
const QR_PATIENCE_MS = 45_000;
const PAID_PATIENCE_MS = 60_000;

/** Opens a visit: a guest without a name gets a token. */
export async function beginVisit(run: Run, plan: Plan): Promise<Visit> {
  const url = `${run.system.auth}/customers/anonymous`;
  const { json } = await run.client.ask({ guest: plan.guest, op: "enter", url, body: {} });
  const token = json["access_token"];
  if (typeof token !== "string") throw new Error("a guest got no token");
  return { run, plan, token, key: (of) => `chaos-${run.seed}-${plan.guest}-${of}` };
}

/** Orders; the name tells every order of this visit. */
export async function place(visit: Visit): Promise<OrderSeen> {
  const { run, plan, token, key } = visit;
  const body = {
    items: plan.lines.map(({ product, quantity }) => ({ product_id: run.products[product]?.id, quantity })),
    payment_method: plan.method,
    customer_name: `Chaos ${plan.guest}`,
  };
  const request = { guest: plan.guest, op: "place", url: `${run.system.web}/orders/`, token, body, key: key("place") };
  const placed = await run.client.ask(request);
  if (placed.status !== 201) throw new Error(`guest ${plan.guest} could not order: ${JSON.stringify(placed)}`);
  if (plan.repeatsItself) await run.client.ask(request);
  return orderOf(placed);
}

/** Reads the order as its guest. */
async function look(visit: Visit, orderId: string): Promise<OrderSeen> {
  const { run, plan, token } = visit;
  const url = `${run.system.web}/orders/${orderId}`;
  return orderOf(await run.client.ask({ guest: plan.guest, op: "read", url, token, order: orderId }));
}

/** Waits for something to scan or open; `null` when it did not come, or the order ended. */
export async function waitForCode(visit: Visit, placed: OrderSeen): Promise<OrderSeen | null> {
  const deadline = Date.now() + QR_PATIENCE_MS;
  let order = placed;
  while (order.payment?.qr_code == null && order.payment?.payment_link == null) {
    if (order.status !== "requested" || Date.now() > deadline) return null;
    await delay(LOOK_EVERY_MS);
    order = await look(visit, placed.id);
  }
  return order;
}

/** Waits until the order is no longer unpaid, for so long as a guest would. */
export async function waitForMoney(visit: Visit, orderId: string): Promise<OrderSeen> {
  const deadline = Date.now() + PAID_PATIENCE_MS;
  for (;;) {
    const order = await look(visit, orderId);
    if (order.status !== "requested" || Date.now() > deadline) return order;
    await delay(LOOK_EVERY_MS);
  }
}

/** The phone pays, or is refused. 200 or 409 (paid, closed or expired before). */
export async function pay(
  visit: Visit,
  order: OrderSeen,
  outcome: "approved" | "rejected" = "approved",
): Promise<boolean> {
  const { run, plan } = visit;
  const { qr_code: qr, payment_link: link } = order.payment ?? {};
  const answered = await run.client.ask({
    guest: plan.guest,
    op: `pay ${outcome}`,
    url: `${run.system.sandbox}/sandbox/pay`,
    body: { ...(qr == null ? { payment_link: link } : { qr_code: qr }), outcome },
    order: order.id,
  });
  return answered.status === 200;
}

/** Calls the order off, as its guest or as staff. */
export async function callOff(visit: Visit, orderId: string, by: "guest" | "staff"): Promise<Answered> {
  const { run, plan, key } = visit;
  return run.client.ask({
    guest: plan.guest,
    op: `cancel by ${by}`,
    url: `${run.system.web}/orders/${orderId}/cancel`,
    token: by === "guest" ? visit.token : await run.staff.token(),
    body: { reason: "desisti" },
    key: key(`cancel-${by}`),
    order: orderId,
  });
}

/** Asks for another QR, link, or way to pay. */
export async function tryAgain(visit: Visit, orderId: string, which: string): Promise<OrderSeen | null> {
  const { run, plan, token, key } = visit;
  const answered = await run.client.ask({
    guest: plan.guest,
    op: "another attempt",
    url: `${run.system.web}/orders/${orderId}/payment`,
    token,
    body: { payment_method: plan.method },
    key: key(`attempt-${which}`),
    order: orderId,
  });
  return answered.status === 201 ? orderOf(answered) : null;
}

/** @throws Error when the answer is no order */
export function orderOf({ status, json }: Answered): OrderSeen {
  if (status >= 300 || !("payment_status" in json)) throw new Error(`not an order: ${status} ${JSON.stringify(json)}`);
  return json as unknown as OrderSeen; // a started system of ours, and the field just looked at
}
