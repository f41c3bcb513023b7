import { signNotification } from "../../../packages/mercadopago-sandbox/src/webhooks/signature.ts";
import type { Seller } from "../../../services/payment/src/gateways/mercado-pago/seller.ts";
import type { IncomingNotice } from "../../../services/payment/src/use-cases/receive-notice.ts";
import type { Life } from "../engine/process.ts";
import type { World } from "../services/world.ts";
import type { Told } from "./bank.ts";

export const WEBHOOK_SECRET = "the secret of a simulated shop";
export const SELLER: Seller = { userId: "1001", applicationId: "2002", isLive: false };

const SOON_MAX_MS = 2_000;
const LATE_MAX_MS = 120_000;
const ANSWER_BUDGET_MS = 22_000;
const TRIES_MAX = 3;
const TRY_AGAIN_MS = 60_000;

/** Tells payment of a change, as the provider does: soon, late, twice or never, in any order. */
export function sendNotice(world: World, told: Told): void {
  const { sim } = world;
  if (told.isElsewhere !== true && sim.faults.strikes("noticeLost")) return;
  const tries = told.isElsewhere === true ? -1_000 : 1;
  const copies = sim.faults.strikes("noticeTwice") ? 2 : 1;
  const incoming = noticeOf(world, told);
  for (let copy = 0; copy < copies; copy += 1) {
    const delay = sim.faults.strikes("noticeLate")
      ? sim.dice.between(0, LATE_MAX_MS)
      : sim.dice.between(50, SOON_MAX_MS);
    if (told.isElsewhere === true) world.acted(delay);
    sim.time.after(delay, () => void deliver(world, incoming, tries));
  }
  // Somebody who saw one pass sends it again with a body of their own; the signature does not cover the body.
  if (sim.faults.strikes("noticeForged")) {
    sim.time.after(sim.dice.between(100, LATE_MAX_MS), () => void deliver(world, forged(incoming, told), TRIES_MAX));
  }
}

async function deliver(world: World, incoming: IncomingNotice, tries: number): Promise<void> {
  try {
    await world.network.call(
      { party: "provider", life: theProvider(world) },
      { party: "payment", pick: () => world.payments().pick() },
      {
        what: `webhook ${incoming.query["type"]} ${incoming.query["data.id"]}`,
        budgetMs: ANSWER_BUDGET_MS,
        work: async (server) => {
          world.acted(0);
          if (world.planted?.notice !== undefined) await world.planted.notice(world, server, incoming);
          return server.receiveNotice(incoming);
        },
      },
    );
  } catch {
    if (tries >= TRIES_MAX) return;
    world.acted(TRY_AGAIN_MS);
    world.sim.time.after(TRY_AGAIN_MS, () => void deliver(world, incoming, tries + 1));
  }
}

function noticeOf({ sim }: World, { topic, id }: Told): IncomingNotice {
  const requestId = sim.newId();
  const ts = Math.floor(sim.time.now());
  return {
    query: { type: topic, "data.id": id },
    xSignature: signNotification({ secret: WEBHOOK_SECRET, dataId: id.toLowerCase(), requestId, ts }),
    xRequestId: requestId,
    rawBody: JSON.stringify({ type: topic, data: { id }, user_id: "1001" }),
  };
}

function forged(incoming: IncomingNotice, { topic, id }: Told): IncomingNotice {
  const body = { type: topic, action: "order.processed", data: { id, status: "processed" }, user_id: "1001" };
  return { ...incoming, rawBody: JSON.stringify(body) };
}

/** The provider never dies in here. */
function theProvider({ sim }: World): Life {
  return {
    name: "provider",
    isAlive: () => true,
    now: () => new Date(sim.time.now()),
    newId: sim.newId,
    random: sim.dice.next,
    sleep: (ms) => new Promise((resolve) => sim.time.after(ms, resolve)),
    effect: async (_what, run) => run(),
    crash: () => undefined,
    onCrash: () => undefined,
  };
}
