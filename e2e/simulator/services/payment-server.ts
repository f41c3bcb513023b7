import { createRelayRound } from "@comanda/messaging";
import { makeTurns } from "@comanda/primitives";
import { takeEvents } from "../../../services/payment/src/events/take-events.ts";
import type { ChargeDesk } from "../../../services/payment/src/use-cases/charge-desk.ts";
import { checkDueCharges } from "../../../services/payment/src/use-cases/check-due-charges.ts";
import { receiveNotice } from "../../../services/payment/src/use-cases/receive-notice.ts";
import { workNotices } from "../../../services/payment/src/use-cases/work-notices.ts";
import type { Life } from "../engine/process.ts";
import { SELLER, WEBHOOK_SECRET } from "../provider/notices.ts";
import { houseKey, makeProvider } from "../provider/port.ts";
import { checksDueAt, eventsDueAt, makeChargeStore, noticesDueAt } from "../stores/charge-store.ts";
import { busTo } from "./bus.ts";
import { type Loop, runLoop } from "./loops.ts";
import type { PaymentServer, Receive } from "./servers.ts";
import { silent } from "./silent.ts";
import type { World } from "./world.ts";

const CHECK_MS = 500;
const NOTICE_MS = 1_000;

export function beginPaymentServer(world: World, life: Life, skewMs: () => number): PaymentServer {
  const { sim, planted, chargeTables: tables, watch, bank, keys } = world;
  const honest = makeChargeStore(
    {
      tables,
      onCharge: (before, after) => {
        watch.onCharge(before, after);
        world.poke();
      },
    },
    life,
  );
  const store = planted?.chargeStore?.(honest, world, life) ?? honest;
  const keyOf = planted?.keyOf?.(houseKey, world) ?? houseKey;
  const terminals = world.setting.totems.map(({ terminalId }) => terminalId);
  const provider = makeProvider({ sim, bank, keys, life, keyOf, terminals });
  const loops: Partial<Record<"relay" | "checks" | "notices", Loop>> = {};
  const desk: ChargeDesk = {
    store,
    provider: planted?.provider?.(provider, world, life) ?? provider,
    clock: { now: life.now },
    newId: life.newId,
    random: life.random,
    log: silent,
    qrLivesSeconds: world.setting.qrLivesS,
    turns: makeTurns(),
    pause: life.sleep,
    wakeRelay: () => loops.relay?.wake(),
    wakeChecks: () => loops.checks?.wake(),
  };
  const transport = busTo(world, { life, from: "payment" });
  const without = planted?.without ?? [];
  loops.relay = runLoop(sim, life, {
    name: "relay",
    pauseMs: () => world.setting.relayPauseMs,
    dueAt: () => eventsDueAt(tables),
    round: createRelayRound({ outbox: store.outbox, transport, log: silent, random: life.random }),
  });
  if (!without.includes("checks")) {
    loops.checks = runLoop(sim, life, {
      name: "checks",
      pauseMs: () => CHECK_MS,
      dueAt: () => {
        const due = checksDueAt(tables);
        return due === null ? null : due - skewMs();
      },
      round: () => checkDueCharges(desk),
    });
  }
  if (!without.includes("notices")) {
    loops.notices = runLoop(sim, life, {
      name: "notices",
      pauseMs: () => NOTICE_MS,
      dueAt: () => noticesDueAt(tables),
      round: () => workNotices(desk),
    });
  }
  const receive: Receive = (batch, producer) => takeEvents(desk, batch, producer);
  return {
    life,
    desk,
    receive: planted?.receive?.(receive, world, "payment", life) ?? receive,
    receiveNotice: async (incoming) => {
      const outcome = await receiveNotice(desk, incoming, { secrets: [WEBHOOK_SECRET], seller: SELLER });
      if (outcome === "stored") loops.notices?.wake();
      return outcome;
    },
    poke: () => {
      for (const loop of Object.values(loops)) loop.poke();
    },
  };
}
