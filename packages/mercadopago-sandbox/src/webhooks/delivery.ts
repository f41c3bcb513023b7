import type { World } from "../world.ts";
import type { Notification } from "./notification.ts";
import { isAccepted, sendNotification } from "./send.ts";

/** How notifications leave. Times in ms of the sandbox clock. */
export type DeliveryPlan = {
  /** Pause between the change being durable and the first attempt: the answer to the caller goes first. */
  delayMs: number;
  /** Pause before the first retry; doubles each time up to `retryMaxMs`. */
  retryMs: number;
  retryMaxMs: number;
  attemptsMax: number;
};

/** Sends what sellers are to be told. */
export type Deliveries = {
  /** Records a notification in the current transaction and sends it once that is durable. */
  notify: (notification: Notification) => void;
  /** Sends one again, whatever became of it; false when it is unknown. */
  redeliver: (id: string) => boolean;
  /** Takes up what a former process left unsent. */
  resume: () => void;
  /** Sends what waited for an address. */
  releaseHeld: () => void;
  close: () => Promise<void>;
};

/** How many finished notifications are kept for `GET /sandbox/deliveries`. */
const keptMax = 5000;

/** How far behind a newer notification a held one follows, ms. */
const overtakingMs = 50;

/** Builds the sender of notifications, faults of delivery included. */
export const makeDeliveries = (world: World, plan: DeliveryPlan): Deliveries => {
  const { clock, faults, store } = world;
  const { notifications } = world.tables;
  const attempts = makeAttempts(world, plan);
  /** What `reorder` holds back until something newer about the same resource has gone. */
  const heldBack = new Map<string, string>();

  const dispatch = (notification: Notification) => {
    const { id, resourceId } = notification;
    const { webhooks: mode, webhook_delay_ms: holdMs, ...rates } = faults.get();
    const [isDropped, isReordered, isDuplicated] = [
      faults.roll(rates.webhook_drop_rate) || mode === "drop",
      faults.roll(rates.webhook_reorder_rate) || mode === "reorder",
      faults.roll(rates.webhook_duplicate_rate) || mode === "duplicate",
    ];
    if (isDropped) return notifications.put(id, { ...notification, status: "dropped" });
    const earlier = heldBack.get(resourceId);
    if (isReordered && earlier === undefined) {
      heldBack.set(resourceId, id);
      clock.at(clock.now() + holdMs, () => {
        if (heldBack.get(resourceId) !== id) return;
        heldBack.delete(resourceId);
        attempts.startIn(id, 0);
      });
      return;
    }
    attempts.startIn(id, mode === "delay" ? holdMs : plan.delayMs);
    if (isDuplicated) attempts.startIn(id, plan.delayMs + 1);
    if (earlier === undefined) return;
    heldBack.delete(resourceId);
    attempts.startIn(earlier, plan.delayMs + overtakingMs);
  };

  const forgetOldest = () => {
    for (const row of notifications.values()) {
      if (notifications.size() <= keptMax || row.status === "pending") return;
      notifications.remove(row.id);
    }
  };

  return {
    notify: (notification) => {
      notifications.put(notification.id, notification);
      forgetOldest();
      store.whenDurable(() => dispatch(notification));
    },
    redeliver: (id) => {
      if (notifications.get(id) === undefined) return false;
      attempts.startIn(id, 0);
      return true;
    },
    resume: () => {
      const isUnsent = ({ status }: Notification) => status === "pending" || status === "held";
      for (const row of notifications.values()) if (isUnsent(row)) attempts.startIn(row.id, plan.delayMs);
    },
    releaseHeld: () => {
      for (const row of notifications.values()) if (row.status === "held") attempts.startIn(row.id, 0);
    },
    close: attempts.close,
  };
};

/** Single attempts, each written down; one that fails arranges the next. */
const makeAttempts = (world: World, plan: DeliveryPlan) => {
  const { clock, sellers } = world;
  const { notifications } = world.tables;
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const save = (notification: Notification) => notifications.put(notification.id, notification);

  const attempt = async (id: string): Promise<void> => {
    const notification = notifications.get(id);
    const seller = notification && sellers.byUserId(notification.userId);
    if (notification === undefined || seller === undefined || closing.signal.aborted) return;
    const url = notification.url ?? seller.webhookUrl;
    if (url === null) return save({ ...notification, status: "held" });
    const { webhook_signature: signature, webhook_ts: ts, webhook_id_case: idCase } = world.faults.get();
    const signing = { signature, ts, id_case: idCase };
    const nowMs = clock.now();
    const result = await sendNotification({ notification, seller, url, nowMs, signing, abort: closing.signal });
    if (closing.signal.aborted) return;
    // While it was under way a duplicate may have written an attempt too.
    const latest = notifications.get(id) ?? notification;
    const attempts = [...latest.attempts, result];
    if (isAccepted(result) || latest.status === "delivered") return save({ ...latest, attempts, status: "delivered" });
    if (attempts.length >= plan.attemptsMax) return save({ ...latest, attempts, status: "gave_up" });
    save({ ...latest, attempts, status: "pending" });
    startIn(id, Math.min(plan.retryMs * 2 ** (attempts.length - 1), plan.retryMaxMs));
  };
  const startIn = (id: string, pauseMs: number) =>
    clock.at(clock.now() + pauseMs, () => {
      const work = attempt(id).finally(() => running.delete(work));
      running.add(work);
    });

  return {
    startIn,
    close: async () => {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
};
