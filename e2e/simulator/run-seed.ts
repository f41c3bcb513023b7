import { type Dice, makeDice } from "../chaos/dice.ts";
import { attendant } from "./actors/attendant.ts";
import { visit } from "./actors/guest.ts";
import { CATALOGUE } from "./actors/menu.ts";
import { cashier, kitchen, manager, office } from "./actors/staff.ts";
import { brew, JUMP_MAX_MS } from "./actors/storm.ts";
import { checkEnd } from "./checks/end-checks.ts";
import type { Truth, Violation } from "./checks/truth.ts";
import { type UnsettledKind, unsettled } from "./checks/unsettled.ts";
import { makeWatch } from "./checks/watch.ts";
import type { FaultName } from "./engine/faults.ts";
import { makeSim, type Sim } from "./engine/sim.ts";
import { makeBank } from "./provider/bank.ts";
import { sendNotice } from "./provider/notices.ts";
import { makeGroup } from "./services/group.ts";
import { makeNetwork } from "./services/network.ts";
import { beginOrderServer } from "./services/order-server.ts";
import { beginPaymentServer } from "./services/payment-server.ts";
import type { Planted, Setting, World } from "./services/world.ts";
import { makeChargeTables } from "./stores/charge-tables.ts";
import { makeLocks } from "./stores/order-store.ts";
import { makeOrderTables } from "./stores/order-tables.ts";

/** What came of one seed. */
export type Outcome = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly orders: number;
  readonly paid: number;
  /** Charges whose money came, and refunds that were made. */
  readonly payments: number;
  readonly refunds: number;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** What happened at the card terminals, by name. */
  readonly terminals: Readonly<Record<string, number>>;
  /** Simulated ms from the end of the faults until nothing was unsettled. */
  readonly calmMs: number;
  /** How long the slowest of each kind took after everything had happened that it had to follow, simulated ms. */
  readonly late: Readonly<Partial<Record<UnsettledKind, number>>>;
  readonly hash: string;
};

const SHOP_CLOSES_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const LOOK_CLOSELY_MS = 600_000;
/** When it is surely not the world that is slow, but somebody who waits for ever. */
const PATIENCE_MS = 3 * 3_600_000;

/** Plays one seed: a time in which things go wrong, then a time in which nothing does and all must come to its end. */
export async function runSeed(
  seed: number,
  options: { readonly planted?: Planted | null; readonly write?: ((line: string) => void) | null } = {},
): Promise<Outcome> {
  const sim = makeSim(seed, options.write ?? null);
  const setting = drawSetting(seed);
  const phase: Phase = { isOpen: true, isOver: false, busy: 0, calmFrom: 0, actedAt: 0, late: {} };
  const world = build({ sim, setting, planted: options.planted ?? null, phase });
  const { watch } = world;
  const actors = [
    ...Array.from({ length: setting.guests }, (_, index) => visit(world, index)),
    kitchen(world),
    cashier(world),
    office(world),
    attendant(world),
  ];
  for (const actor of actors) {
    phase.busy += 1;
    void actor.then(
      () => {
        phase.busy -= 1;
      },
      (error: unknown) => watch.report({ rule: "the simulator itself", what: String(error) }),
    );
  }
  void manager(world);
  brew(world);
  sim.time.after(setting.stormMs, () => calm(world, phase));
  await sim.time.play({ isOver: () => phase.isOver || watch.violations.length > 0, afterEach: watch.afterStep });
  if (watch.violations.length === 0) checkEnd(world, watch.history).forEach(watch.report);
  return outcomeOf(world, phase);
}

type Phase = {
  isOpen: boolean;
  isOver: boolean;
  busy: number;
  calmFrom: number;
  actedAt: number;
  /** How long after it could have been over the last of a kind was not over yet, in ms. */
  readonly late: Partial<Record<UnsettledKind, number>>;
};

function drawSetting(seed: number): Setting {
  const dice = makeDice(seed, "setting");
  const qrLivesS = dice.between(30, 90);
  return {
    orderServers: dice.between(1, 2),
    paymentServers: dice.between(1, 2),
    qrLivesS,
    orderLivesS: qrLivesS + dice.between(0, 60),
    guests: dice.between(2, 5),
    stormMs: dice.between(60_000, 180_000),
    relayPauseMs: dice.chance(0.2) ? 5_000 : 500,
    totems: drawTotems(makeDice(seed, "totems")),
  };
}

/** Half of the shops have a totem or two with a card terminal. */
function drawTotems(dice: Dice): Setting["totems"] {
  const count = dice.chance(0.5) ? 0 : dice.between(1, 2);
  return Array.from({ length: count }, (_, index) => ({
    deviceId: `00000000-0000-7000-8000-00000000d00${index}`,
    terminalId: `NEWLAND_N950__SBX000000${index}`,
  }));
}

function build(parts: {
  readonly sim: Sim;
  readonly setting: Setting;
  readonly planted: Planted | null;
  readonly phase: Phase;
}): World {
  const { sim, setting, planted, phase } = parts;
  const orderTables = makeOrderTables({ newId: sim.newId, now: sim.time.now });
  const chargeTables = makeChargeTables(sim.time.now);
  for (const totem of setting.totems) {
    const place = { ...totem, externalPosId: null, updatedAt: new Date(sim.time.now()) };
    chargeTables.pointsOfSale.set(totem.deviceId, place);
  }
  const bank = makeBank(sim, (told) => sendNotice(world, told));
  const truth: Truth = { sim, bank, orderTables, chargeTables };
  const world: World = {
    ...truth,
    setting,
    planted,
    network: makeNetwork(sim),
    catalogue: CATALOGUE,
    locks: makeLocks((run) => sim.time.after(1, run)),
    keys: new Map(),
    watch: makeWatch(truth),
    orders: () => orders,
    payments: () => payments,
    isOpen: () => phase.isOpen,
    isOver: () => phase.isOver,
    acted: (afterMs) => {
      phase.actedAt = Math.max(phase.actedAt, sim.time.now() + afterMs);
    },
    poke: () => {
      for (const { poke } of [...orders.living(), ...payments.living()]) poke();
    },
  };
  const orders = makeGroup(sim, {
    name: "order",
    size: setting.orderServers,
    begin: (life, skewMs) => beginOrderServer(world, life, skewMs),
  });
  const payments = makeGroup(sim, {
    name: "payment",
    size: setting.paymentServers,
    begin: (life, skewMs) => beginPaymentServer(world, life, skewMs),
  });
  return world;
}

/** The faults are over; from here on everything has to come to its end. */
function calm(world: World, phase: Phase): void {
  const { sim, network, watch } = world;
  sim.faults.stop();
  network.heal();
  sim.note("--- all is calm ---");
  const since = sim.time.now();
  world.poke();
  sim.time.after(SHOP_CLOSES_AFTER_MS, () => {
    phase.isOpen = false;
  });
  const skewMs = (sim.faults.counts().clockJump ?? 0) > 0 ? JUMP_MAX_MS : 0;
  const look = () => {
    const left = unsettled(world, watch.history);
    const calmMs = sim.time.now() - since;
    if (left.length > 0) phase.calmFrom = calmMs;
    for (const item of left) {
      const lateMs = sim.time.now() - Math.max(since, phase.actedAt, item.since);
      phase.late[item.kind] = Math.max(phase.late[item.kind] ?? 0, lateMs);
      if (lateMs > item.limitMs + skewMs) watch.report({ rule: "I9", what: `${item.what}, for ${seconds(lateMs)}` });
    }
    const isSettled = !phase.isOpen && phase.busy === 0 && left.length === 0;
    if (!isSettled && calmMs > PATIENCE_MS) watch.report({ rule: "I9", what: "somebody is still busy" });
    phase.isOver = isSettled;
    if (!isSettled) sim.time.after(calmMs < LOOK_CLOSELY_MS ? LOOK_EVERY_MS : 10 * LOOK_EVERY_MS, look);
  };
  look();
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function outcomeOf(world: World, { calmFrom: calmMs, late }: Phase): Outcome {
  const { sim, watch, orderTables, bank } = world;
  const payments = bank.orders.flatMap((order) => order.payments);
  return {
    seed: sim.seed,
    violations: watch.violations,
    steps: sim.trace.steps(),
    orders: orderTables.orders.size,
    paid: [...orderTables.orders.values()].filter(({ paidBy }) => paidBy !== null).length,
    payments: payments.filter(({ approvedAt }) => approvedAt !== null).length + watch.history.receipts.size,
    refunds: payments.reduce((sum, { refunds }) => sum + refunds.filter(({ status }) => status === "done").length, 0),
    faults: sim.faults.counts(),
    terminals: bank.terminals.counts(),
    calmMs,
    late,
    hash: sim.trace.hash(),
  };
}
