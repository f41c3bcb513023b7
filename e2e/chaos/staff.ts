import type { OrderSeen } from "./history.ts";
import { callOff, orderOf, type Visit } from "./visit.ts";

const KITCHEN_STEPS = ["preparing", "ready_for_pickup", "delivered"];
/** Somebody else may have moved the order; more often than this nobody does. */
const MOVES_MAX = 6;

/** The cashier takes the money. */
export async function receive({ run, plan, key }: Visit, order: OrderSeen): Promise<void> {
  // The charge reaches payment by an event: until then there is nothing to receive for.
  for (let tries = 0; tries < 40; tries += 1) {
    const { status } = await run.client.ask({
      guest: plan.guest,
      op: "receive",
      url: `${run.system.web}/payments/${order.payment?.id}/receive`,
      token: await run.staff.token(),
      body: { tender: "cash" },
      key: key("receive"),
      order: order.id,
    });
    if (status !== 404) return;
    await run.lanes.stepAside(500);
  }
}

/** What the plan says becomes of a paid order. */
export async function finish(visit: Visit, order: OrderSeen): Promise<void> {
  switch (visit.plan.afterwards) {
    case "stays":
      return;
    case "is_served":
      await serve(visit, order);
      return;
    case "staff_cancels":
      await callOff(visit, order.id, "staff");
      return;
    case "guest_cancels":
      await callOff(visit, order.id, "guest");
      return;
    case "kitchen_rejects":
      await move(visit, order.id, "preparing");
      await move(visit, order.id, "rejected");
      return;
    case "is_refunded":
      await serve(visit, order);
      await refund(visit, order);
  }
}

async function serve(visit: Visit, order: OrderSeen): Promise<void> {
  for (const status of KITCHEN_STEPS) await move(visit, order.id, status);
}

/** Moves the order on by the version just seen, so that the answer shows by how much the version rose. */
async function move({ run, plan }: Visit, orderId: string, status: string): Promise<void> {
  const of = { guest: plan.guest, url: `${run.system.web}/orders/${orderId}`, order: orderId };
  for (let tries = 0; tries < MOVES_MAX; tries += 1) {
    const about = { ...of, token: await run.staff.token() };
    const now = orderOf(await run.client.ask({ ...about, op: "read" }));
    // An earlier try whose answer was lost did it.
    if (now.status === status) return;
    const body = { status, expected_version: now.version };
    const moved = await run.client.ask({ ...about, op: `move to ${status}`, method: "PATCH", body });
    if (moved.json["code"] !== "version-conflict") return;
  }
}

async function refund({ run, plan, key }: Visit, order: OrderSeen): Promise<void> {
  await run.client.ask({
    guest: plan.guest,
    op: "refund",
    url: `${run.system.web}/payments/${order.payment?.id}/refunds`,
    token: await run.staff.token(),
    body: { reason: "comida fria" },
    key: key("refund"),
    order: order.id,
  });
}
