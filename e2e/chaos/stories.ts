import type { OrderSeen } from "./history.ts";
import type { Plan } from "./plan.ts";
import { finish, receive } from "./staff.ts";
import { beginVisit, callOff, pay, place, type Run, tryAgain, type Visit, waitForCode, waitForMoney } from "./visit.ts";

/** Plays one guest from the door to the end, staff included. What goes wrong on the way is the checker's to judge. */
export async function playVisit(run: Run, plan: Plan): Promise<void> {
  const visit = await beginVisit(run, plan);
  const placed = await place(visit);
  const end = plan.method === "counter" ? await payAtCounter(visit, placed) : await payByPhone(visit, placed);
  if (end?.status === "paid") await finish(visit, end);
}

async function payAtCounter(visit: Visit, placed: OrderSeen): Promise<OrderSeen | null> {
  if (visit.plan.story === "calls_off") {
    await callOff(visit, placed.id, "guest");
    return null;
  }
  await receive(visit, placed);
  return waitForMoney(visit, placed.id);
}

async function payByPhone(visit: Visit, placed: OrderSeen): Promise<OrderSeen | null> {
  const { plan, run } = visit;
  const order = await waitForCode(visit, placed);
  if (order === null) return null;
  await run.lanes.stepAside(plan.pauseMs);
  switch (plan.story) {
    case "pays":
      return payUntilDone(visit, order);
    case "walks_away":
      return null;
    case "calls_off":
      await callOff(visit, order.id, "guest");
      return null;
    case "pays_while_calling_off":
      await Promise.all([callOff(visit, order.id, "guest"), pay(visit, order)]);
      return null;
    case "pays_at_the_last_second":
      await untilExpiry(visit, order, -plan.pauseMs);
      return payUntilDone(visit, order);
    case "pays_after_expiry":
      await untilExpiry(visit, order, plan.pauseMs);
      await pay(visit, order);
      return null;
    case "is_refused_first":
      await pay(visit, order, "rejected");
      return payUntilDone(visit, order);
    case "pays_twice":
      return payTwice(visit, order);
  }
}

/** Pays; what was closed or expired under the guest's hands is tried once more with a new code. */
async function payUntilDone(visit: Visit, order: OrderSeen): Promise<OrderSeen | null> {
  if (await pay(visit, order)) return waitForMoney(visit, order.id);
  const again = await tryAgain(visit, order.id, "after-refusal");
  const shown = again === null ? null : await waitForCode(visit, again);
  if (shown !== null) await pay(visit, shown);
  return waitForMoney(visit, order.id);
}

/** Pays the old code in the very moment a new one is asked for, and then the new one, too. */
async function payTwice(visit: Visit, order: OrderSeen): Promise<OrderSeen | null> {
  const [, again] = await Promise.all([pay(visit, order), tryAgain(visit, order.id, "second")]);
  const shown = again === null ? null : await waitForCode(visit, again);
  if (shown !== null) await pay(visit, shown);
  return waitForMoney(visit, order.id);
}

async function untilExpiry(visit: Visit, order: OrderSeen, moreMs: number): Promise<void> {
  const at = Date.parse(order.payment?.expires_at ?? order.expires_at);
  await visit.run.lanes.stepAside(Math.max(0, at + moreMs - Date.now()));
}
