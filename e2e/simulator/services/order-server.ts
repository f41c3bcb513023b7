import { createRelayRound } from "@comanda/messaging";
import { SWAP_S } from "../../../services/order/src/domain/refund-line.ts";
import { NO_SHOW_S } from "../../../services/order/src/domain/transitions.ts";
import { createReceiveEvents } from "../../../services/order/src/events/payment-changed.ts";
import type { PaymentService } from "../../../services/order/src/gateways/payment-service.ts";
import { expireOrders } from "../../../services/order/src/use-cases/expire-orders.ts";
import { markUnclaimed } from "../../../services/order/src/use-cases/mark-unclaimed.ts";
import type { OrderingDeps } from "../../../services/order/src/use-cases/ordering-deps.ts";
import { createPlaceOrder } from "../../../services/order/src/use-cases/place-order.ts";
import { refundRefusedLines } from "../../../services/order/src/use-cases/refund-line.ts";
import type { Life } from "../engine/process.ts";
import { earliest } from "../stores/charge-store.ts";
import { makeOrderOutbox, makeOrderStore } from "../stores/order-store.ts";
import { nextDueAt } from "../stores/outbox-table.ts";
import { busTo } from "./bus.ts";
import { type Loop, runLoop } from "./loops.ts";
import { makePaymentService } from "./payment-service.ts";
import type { OrderServer } from "./servers.ts";
import { silent } from "./silent.ts";
import type { World } from "./world.ts";

const SWEEP_MS = 2_000;

export function beginOrderServer(world: World, life: Life, skewMs: () => number): OrderServer {
  const { sim, planted, orderTables: tables, locks, watch } = world;
  const honest = makeOrderStore(
    {
      tables,
      locks,
      onTaken: watch.onTaken,
      onCommit: (committed) => {
        watch.onOrders(committed);
        world.poke();
      },
    },
    life,
  );
  const store = planted?.orderStore?.(honest, world, life) ?? honest;
  const payments: PaymentService = makePaymentService(world, life);
  const loops: Loop[] = [];
  let relay: Loop | null = null;
  const deps: OrderingDeps = {
    store,
    clock: { now: life.now },
    newId: life.newId,
    payments: planted?.payments?.(payments, world, life) ?? payments,
    log: silent,
    announce: ({ hasEvents }) => {
      if (hasEvents) relay?.wake();
    },
  };
  const kept = makeOrderOutbox({ tables }, life);
  const outbox = planted?.orderOutbox?.(kept, world) ?? kept;
  const transport = busTo(world, { life, from: "order" });
  relay = runLoop(sim, life, {
    name: "relay",
    pauseMs: () => world.setting.relayPauseMs,
    dueAt: () => nextDueAt(tables.outbox),
    round: createRelayRound({ outbox, transport, log: silent, random: life.random }),
  });
  const never = new AbortController().signal;
  const everySweep = (name: string, dueAt: () => number | null, work: () => Promise<void>) =>
    runLoop(sim, life, {
      name,
      pauseMs: () => SWEEP_MS,
      dueAt: () => {
        const due = dueAt();
        return due === null ? null : due - skewMs();
      },
      round: async () => {
        await work();
        return 0;
      },
    });
  loops.push(relay);
  if (planted?.without?.includes("expiry") !== true) {
    loops.push(
      everySweep(
        "expireOrders",
        () => expiryDueAt(world),
        () => expireOrders(deps, never),
      ),
    );
  }
  loops.push(
    everySweep(
      "markUnclaimed",
      () => noShowDueAt(world),
      () => markUnclaimed(deps),
    ),
  );
  loops.push(
    everySweep(
      "refundRefusedLines",
      () => refusedLinesDueAt(world),
      () => refundRefusedLines(deps),
    ),
  );
  const received = createReceiveEvents(deps);
  return {
    life,
    deps,
    store,
    placeOrder: createPlaceOrder({
      ...deps,
      catalogue: () => world.catalogue,
      expiresInSeconds: world.setting.orderLivesS,
    }),
    receive: planted?.receive?.(received, world, "order", life) ?? received,
    poke: () => {
      for (const loop of loops) loop.poke();
    },
  };
}

function expiryDueAt({ orderTables }: World): number | null {
  return earliest(
    [...orderTables.orders.values()].map(({ status, expiresAt }) =>
      status === "requested" ? expiresAt.getTime() : null,
    ),
  );
}

function refusedLinesDueAt({ orderTables }: World): number | null {
  return earliest(
    [...orderTables.orders.values()].flatMap(({ channel, paidBy, status, lines }) =>
      lines.map(({ refusedAt, refundAskedAt }) =>
        channel !== "phone" || refusedAt === null || refundAskedAt !== null || paidBy === null || ENDED.includes(status)
          ? null
          : refusedAt.getTime() + SWAP_S * 1000,
      ),
    ),
  );
}

const ENDED: readonly string[] = ["cancelled", "rejected", "refunded"];

function noShowDueAt({ orderTables }: World): number | null {
  return earliest(
    [...orderTables.orders.values()].map(({ status, readyAt }) =>
      status === "ready_for_pickup" && readyAt !== null ? readyAt.getTime() + NO_SHOW_S * 1000 : null,
    ),
  );
}
