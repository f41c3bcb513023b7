import type { PaymentMethod } from "@comanda/contracts";
import type { Id } from "@comanda/primitives";
import type { Actor, Order } from "../../../services/order/src/domain/order.ts";
import { currentCharge } from "../../../services/order/src/domain/order.ts";
import type { Viewer } from "../../../services/order/src/domain/visibility.ts";
import { renderOrder } from "../../../services/order/src/http/render-order.ts";
import { changeOrderStatus } from "../../../services/order/src/use-cases/change-status.ts";
import { requestPayment } from "../../../services/order/src/use-cases/request-payment.ts";
import { makeDice } from "../../chaos/dice.ts";
import type { World } from "../services/world.ts";
import { type CardPlan, cardPlanOf, payByCard } from "./card.ts";
import { PRODUCTS } from "./menu.ts";
import { makePerson, type Person } from "./person.ts";

/** What a guest is going to do; drawn once, so that faults change what comes of it and not what was meant. */
type Plan = {
  readonly arriveMs: number;
  readonly method: PaymentMethod;
  readonly lines: readonly { readonly productId: Id; readonly quantity: number }[];
  /** Sends the same order once more at once, as an impatient thumb does. */
  readonly tapsTwice: boolean;
  readonly tries: number;
  readonly pays: "soon" | "late" | "never";
  readonly paysTwice: boolean;
  readonly wrongCents: number;
  readonly otherMethodAfterMs: number | null;
  readonly cancelsAfterMs: number | null;
  /** Tries to call somebody else's order off. */
  readonly isNosy: boolean;
  readonly card: CardPlan;
};

type Guest = {
  readonly world: World;
  readonly person: Person;
  readonly id: Id;
  readonly plan: Plan;
  readonly viewer: Viewer;
  readonly actor: Actor;
};

const LOOK_EVERY_MS = 3_000;
const LOOKS_MAX = 12;
const TRACEPARENT = "00-00000000000000000000000000000001-0000000000000001-01";

/** One guest's visit, from ordering to paying or walking away. */
export async function visit(world: World, index: number): Promise<void> {
  const person = makePerson(world, `guest ${index + 1}`, "guest");
  const id = `00000000-0000-7000-8000-0000000b${String(index).padStart(4, "0")}`;
  const own: Viewer = { sees: "customer", customerId: id, view: "full" };
  const viewer = world.planted?.viewer?.(own) ?? own;
  const guest: Guest = { world, person, id, plan: planOf(world, person), viewer, actor: { role: "customer", id } };
  await person.sleep(guest.plan.arriveMs);
  const order = await placeUntilAnswered(guest);
  if (order === null) return;
  await Promise.all([
    pay(guest, order.id),
    payOtherwise(guest, order.id, { afterMs: guest.plan.otherMethodAfterMs }),
    callOff(guest, order.id),
    beNosy(guest),
  ]);
}

function planOf({ setting, sim }: World, { dice, name }: Person): Plan {
  const { stormMs, qrLivesS } = setting;
  const byPhone = dice.weigh({ qr: 6, link: 3, counter: 2 });
  const card = cardPlanOf(setting, makeDice(sim.seed, `${name} at the terminal`));
  const sometimes = (probability: number, mostMs: number) =>
    dice.chance(probability) ? dice.between(0, mostMs) : null;
  return {
    arriveMs: dice.between(0, stormMs / 2),
    method: card.isAtTotem ? "terminal" : byPhone,
    lines: Array.from({ length: dice.between(1, 3) }, () => ({
      productId: dice.pick(PRODUCTS).id,
      quantity: dice.between(1, 3),
    })),
    tapsTwice: dice.chance(0.15),
    tries: dice.between(1, 8),
    pays: dice.weigh({ soon: 7, late: 2, never: 2 }),
    paysTwice: dice.chance(0.15),
    wrongCents: dice.chance(0.06) ? dice.pick([-100, -1, 1, 500]) : 0,
    otherMethodAfterMs: sometimes(0.25, qrLivesS * 1_200),
    cancelsAfterMs: sometimes(0.2, qrLivesS * 1_000),
    isNosy: dice.chance(0.15),
    card,
  };
}

/** Places the order, again and again under the same key until an answer came or patience is out. */
async function placeUntilAnswered(guest: Guest): Promise<Order | null> {
  const { plan, person } = guest;
  const once = () => placeOnce(guest);
  if (plan.tapsTwice) void once().catch(() => undefined);
  for (let tries = 0; tries < plan.tries; tries += 1) {
    const placed = await once();
    if (placed !== null) {
      // An answer that the guest never doubts; some programs send again all the same.
      if (person.dice.chance(0.2)) void once().catch(() => undefined);
      return placed;
    }
    await person.sleep(person.dice.between(500, 6_000));
  }
  return null;
}

async function placeOnce(guest: Guest): Promise<Order | null> {
  const { id, plan, person, world } = guest;
  const key = { scope: id, key: `order of ${id}`, fingerprint: JSON.stringify(plan.lines) };
  return person.askOrder("POST /orders", async ({ placeOrder }) => {
    const placed = await placeOrder({
      request: {
        lines: plan.lines,
        method: plan.method,
        deviceId: plan.card.isAtTotem ? plan.card.deviceId : null,
        channel: plan.card.isAtTotem ? "kiosk" : "phone",
        customerId: id,
        sessionId: null,
        placedBy: id,
        placedAs: "customer",
        serviceMode: "dine_in",
        customerName: null,
        tableLabel: null,
        priority: false,
      },
      key,
      traceparent: TRACEPARENT,
    });
    if (!placed.ok) return null;
    const { order } = placed.value;
    const body = JSON.stringify(await renderOrder(withoutQr(order), "full"));
    const seen = world.watch.history.answered.get(key.key) ?? { bodies: new Set(), orders: new Set() };
    seen.bodies.add(body);
    seen.orders.add(order.id);
    world.watch.history.answered.set(key.key, seen);
    return order;
  });
}

/** Drawing the picture of a code costs more than everything else here; the code itself stays in the comparison. */
function withoutQr(order: Order): Order {
  return {
    ...order,
    charges: order.charges.map((charge) => ({
      ...charge,
      qrCode: null,
      paymentLink: charge.qrCode ?? charge.paymentLink,
    })),
  };
}

async function look({ person, viewer }: Guest, orderId: Id): Promise<Order | null> {
  const order = await person.askOrder("GET /orders/{id}", ({ store }) => store.load(orderId));
  return order !== null && viewer.sees === "customer" && order.customerId !== viewer.customerId ? null : order;
}

async function pay(guest: Guest, orderId: Id): Promise<void> {
  const { plan, person, world } = guest;
  if (plan.pays === "never") return;
  const { dice } = person;
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const order = await look(guest, orderId);
    const charge = order === null ? null : currentCharge(order);
    if (order !== null && order.status !== "requested") return;
    const code = charge?.qrCode ?? charge?.paymentLink ?? null;
    if (charge?.method === "counter") return;
    if (charge?.method === "terminal") {
      const { card, wrongCents } = plan;
      const waitMs = plan.pays === "soon" ? dice.between(500, 8_000) : lateness(world, dice.between(-15_000, 5_000));
      const paid = await payByCard(world, person, { card, paymentId: charge.paymentId, wrongCents, waitMs });
      if (paid === "over") return;
      if (paid === "refused") return payOtherwise(guest, orderId, { afterMs: dice.between(500, 5_000) });
    }
    if (code !== null) {
      const waitMs = plan.pays === "soon" ? dice.between(500, 20_000) : lateness(world, dice.between(-3_000, 20_000));
      await person.sleep(waitMs);
      payCode(guest, code);
      if (!plan.paysTwice) return;
      await person.sleep(dice.between(0, 5_000));
      payCode(guest, code);
      return;
    }
    await person.sleep(LOOK_EVERY_MS);
  }
}

/** Around the moment when the code ends. */
function lateness({ setting }: World, aroundMs: number): number {
  return Math.max(0, setting.qrLivesS * 1_000 + aroundMs);
}

function payCode({ world, plan, person }: Guest, code: string): void {
  const order = world.bank.find(code);
  if (order === null) return;
  const amountCents = Math.max(1, order.amountCents + plan.wrongCents);
  world.bank.pay(order, { amountCents, delayMs: person.dice.between(0, 8_000) });
}

async function payOtherwise(
  guest: Guest,
  orderId: Id,
  { afterMs }: { readonly afterMs: number | null },
): Promise<void> {
  const { plan, person, viewer, actor } = guest;
  if (afterMs === null) return;
  await person.sleep(afterMs);
  const { deviceId, dice: cardDice } = plan.card;
  const byPhone = person.dice.pick(["qr", "link", "counter"] as const);
  const method = deviceId !== null && cardDice.chance(0.4) ? "terminal" : byPhone;
  const requested = await person.askOrder("POST /orders/{id}/payment", async ({ deps }) => {
    const answer = await requestPayment(deps, {
      orderId,
      method,
      deviceId: method === "terminal" ? deviceId : null,
      actor,
      viewer,
      traceparent: TRACEPARENT,
    });
    return answer.ok ? answer.value : null;
  });
  if (requested !== null) await pay(guest, orderId);
}

async function callOff(guest: Guest, orderId: Id): Promise<void> {
  const { plan, person, viewer, actor } = guest;
  if (plan.cancelsAfterMs === null) return;
  await person.sleep(plan.cancelsAfterMs);
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await person.askOrder("POST /orders/{id}/cancel", ({ deps }) =>
      changeOrderStatus(deps, { orderId, to: "cancelled", actor, viewer, traceparent: TRACEPARENT }),
    );
    if (answer !== null) return;
    await person.sleep(2_000);
  }
}

/** Knows the id of somebody else's order, and tries what it is good for. */
async function beNosy({ world, plan, person, id, viewer, actor }: Guest): Promise<void> {
  if (!plan.isNosy) return;
  await person.sleep(person.dice.between(1_000, 30_000));
  const others = [...world.orderTables.orders.values()].filter(({ customerId }) => customerId !== id);
  if (others.length === 0) return;
  const victim = person.dice.pick(others);
  const answer = await person.askOrder("POST /orders/{id}/cancel of another's", ({ deps }) =>
    changeOrderStatus(deps, { orderId: victim.id, to: "cancelled", actor, viewer, traceparent: TRACEPARENT }),
  );
  if (answer === null || (!answer.ok && answer.refusal.code === "order-unknown")) return;
  world.watch.report({ rule: "I11", what: `a guest could see order ${victim.id} of another one` });
}
