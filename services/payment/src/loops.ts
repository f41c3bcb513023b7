import { cutOldEntries } from "@comanda/audit";
import { createLoop, createRest, type Loop } from "@comanda/primitives";
import type { Watch } from "@comanda/service-kit";
import { type MercadoPagoSettings, makeMercadoPago } from "./gateways/mercado-pago/mercado-pago.ts";
import type { PaymentMetrics } from "./metrics.ts";
import type { Notice, PaymentStore } from "./storage/charge-store.ts";
import type { ChargeDesk } from "./use-cases/charge-desk.ts";
import { checkDueCharges } from "./use-cases/check-due-charges.ts";
import { forgetOldCustomers } from "./use-cases/forget-old-customers.ts";
import { makeNoticesInHand, type NoticesInHand } from "./use-cases/notices-in-hand.ts";
import { makePace } from "./use-cases/pace.ts";
import type { NoticeWorkers } from "./use-cases/receive-notice.ts";
import { runReconciliation } from "./use-cases/run-reconciliations.ts";
import { makeReconciliationSchedule } from "./use-cases/schedule-reconciliation.ts";
import type { Counting } from "./use-cases/tally.ts";
import { type UpgradeDesk, upgradeCharges } from "./use-cases/upgrade-charges.ts";
import { type NoticeDesk, workNotices } from "./use-cases/work-notices.ts";

const CHECK_POLL_MS = 500;
const NOTICE_POLL_MS = 1_000;
const ALARM_POLL_MS = 10_000;
const RECONCILIATION_POLL_MS = 15_000;
const FORGET_POLL_MS = 6 * 3_600_000;
/** A shop that is open for five hours a day forgets too; the rush of a start is over by then. */
const FORGET_FIRST_MS = 10 * 60_000;
const UPGRADE_POLL_MS = 5 * 60_000;

type Failed = (error: unknown) => void;
type Watched = { readonly watched: PaymentMetrics["watched"]; readonly onError: Failed };

/** Looks at every charge whose time to be looked at has come. */
export function checkLoop(desk: ChargeDesk, { watched, onError }: Watched): Loop {
  const rest = createRest(CHECK_POLL_MS);
  const round = watched("checks", () => rest.timed(() => checkDueCharges(desk)));
  return createLoop({ round, pollMs: rest.pauseMs, onError });
}

type NoticeLoops = { readonly workers: NoticeWorkers; readonly inHand: NoticesInHand; readonly loops: readonly Loop[] };

/** One loop for the notices that this process stored as its own, and one that looks for those that are nobody's. */
export function noticeLoops(desk: NoticeDesk, { watched, onError }: Watched): NoticeLoops {
  const inHand = makeNoticesInHand(desk);
  const own = createLoop({ round: watched("notices", inHand.work), pollMs: NOTICE_POLL_MS, onError });
  const rest = createRest(NOTICE_POLL_MS);
  const look = watched("notices", () => rest.timed(() => workNotices(desk)));
  const others = createLoop({ round: look, pollMs: rest.pauseMs, onError });
  const take = (notice: Notice) => {
    inHand.take(notice);
    own.wake();
  };
  return { workers: { leaseMs: inHand.leaseMs, take, look: others.wake }, inHand, loops: [own, others] };
}

/** Looks at the figures that call for people, and writes down what was counted meanwhile. */
export function watchLoop({ look }: Watch, { flush }: Counting, onError: Failed): Loop {
  const rest = createRest(ALARM_POLL_MS);
  const round = async () => {
    await rest.timed(look);
    await flush();
    return 0;
  };
  return createLoop({ round, pollMs: rest.pauseMs, beginsAfterMs: ALARM_POLL_MS, onError });
}

/** Compares our book with the provider's, once a day and when asked to, in a pace of its own. */
export function reconciliationLoop(
  desk: ChargeDesk,
  parts: {
    readonly settings: MercadoPagoSettings;
    readonly requestsPerSecond: number;
    readonly store: PaymentStore;
    readonly onError: Failed;
  },
): Loop {
  const { settings, requestsPerSecond, store, onError } = parts;
  const pace = makePace(requestsPerSecond);
  const provider = makeMercadoPago({ ...settings, pace: pace.wait });
  const runs = { desk: { ...desk, provider }, reconciliations: store.reconciliations, pace };
  const schedule = makeReconciliationSchedule(desk, store);
  return createLoop({
    round: async (signal) => (await schedule()) + (await runReconciliation(runs, signal)),
    pollMs: RECONCILIATION_POLL_MS,
    onError,
  });
}

/** Takes people, and the reasons they typed, out of charges whose time is over, and cuts the trail. */
export function forgetLoop(desk: Parameters<typeof forgetOldCustomers>[0], onError: Failed): Loop {
  const round = async () => {
    await forgetOldCustomers(desk);
    await cutOldEntries({ trail: desk.store.audit, clock: desk.clock });
    return 0;
  };
  return createLoop({ round, pollMs: FORGET_POLL_MS, beginsAfterMs: FORGET_FIRST_MS, onError });
}

/** Brings documents of past formats up to date, in its own time. */
export function upgradeLoop(desk: UpgradeDesk, onError: Failed): Loop {
  return createLoop({ round: () => upgradeCharges(desk), pollMs: UPGRADE_POLL_MS, onError });
}
