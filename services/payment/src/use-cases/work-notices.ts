import { isId } from "@comanda/primitives";
import { changeCharge } from "../domain/change-charge.ts";
import type { Charge, NamedEntry } from "../domain/charge.ts";
import type { ProviderResource } from "../gateways/payment-provider.ts";
import type { Notice } from "../storage/charge-store.ts";
import { applyToStored, type ChargeDesk } from "./charge-desk.ts";
import { checkCharge } from "./check-charge.ts";
import type { Counting } from "./tally.ts";

/** "Do not hand over": Mercado Pago suspects fraud (provider §10.1). */
const FRAUD_ALERT = "stop_delivery_op_wh";
const AT_ONCE = 8;
/** Most notices that a process has in hand at a time, and for how long they are its own. */
export const NOTICES_PER_ROUND = 40;
export const NOTICE_LEASE_MS = 30_000;
/** A notice may be faster than the provider's own reading side, or than our own record (provider §10.3, 5). */
const MAY_STILL_COME_MS = 60_000;
const RETRY_MIN_MS = 2_000;
const RETRY_MAX_MS = 5 * 60_000;
/** After this the sweeper's own rhythm has long found out whatever the notice was about. */
const GIVE_UP_MS = 24 * 3_600_000;

/** What working off notifications works with; `count` counts what people should hear of. */
export type NoticeDesk = ChargeDesk & { readonly count?: Counting["count"] };

/**
 * Works off stored notifications that are nobody's: put back for later, left by a process that died, or come when there
 * was more to do than could be kept in hand. Each only makes us read at the provider.
 * @returns how many were worked on
 */
export async function workNotices(desk: NoticeDesk): Promise<number> {
  const notices = await desk.store.notices.claim({ limit: NOTICES_PER_ROUND, leaseMs: NOTICE_LEASE_MS });
  await workOff(desk, notices);
  return notices.length;
}

/** Works off notices that this process has a lease of. */
export async function workOff(desk: NoticeDesk, notices: readonly Notice[]): Promise<void> {
  const waiting = [...notices];
  const settled: Promise<void>[] = [];
  const worker = async () => {
    for (let notice = waiting.shift(); notice !== undefined; notice = waiting.shift()) {
      // Written while the next one is worked on: what ends together is written together.
      const settling = desk.store.notices.settle(notice.id, await tryNotice(desk, notice));
      settling.catch(() => undefined); // told below, once all have had their turn
      settled.push(settling);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await Promise.all(settled);
}

async function tryNotice(desk: NoticeDesk, notice: Notice): Promise<"done" | number> {
  try {
    return await workNotice(desk, notice);
  } catch (error) {
    desk.log.error({ err: error, notice: notice.id }, "a notification could not be worked on");
    return later(desk, notice);
  }
}

async function workNotice(desk: NoticeDesk, notice: Notice): Promise<"done" | number> {
  if (notice.topic === FRAUD_ALERT) return warnOfFraud(desk, notice);
  const resource = resourceOf(notice);
  if (resource === null) {
    desk.log.warn({ topic: notice.topic, resource: notice.resourceId }, "a notification of a kind we only write down");
    return "done";
  }
  const known = resource.kind === "order" ? await desk.store.getByProviderId(resource.id) : null;
  if (known !== null) return check(desk, notice, { charge: known, paymentIdHint: null });

  const found = await lookUp(desk, resource);
  if (found.kind === "unanswered") return later(desk, notice);
  if (found.kind === "nothing") return mayStillCome(desk, notice, found.why);
  const { charge, paymentId } = found;
  if (resource.kind !== "order") return check(desk, notice, { charge, paymentIdHint: paymentId });
  if (charge.providerId !== null && charge.providerId !== resource.id) {
    desk.log.error({ charge: charge.id, resource: resource.id }, "a second order at the provider bears this reference");
    return "done";
  }
  return check(desk, notice, { charge: { ...charge, providerId: resource.id }, paymentIdHint: null });
}

type LookUp =
  | { readonly kind: "unanswered" }
  | { readonly kind: "nothing"; readonly why: string }
  | { readonly kind: "charge"; readonly charge: Charge; readonly paymentId: string | null };

/** The charge of ours that something at the provider belongs to, by the reference it bears there. */
async function lookUp({ provider, store }: NoticeDesk, resource: ProviderResource): Promise<LookUp> {
  const found = await provider.readReference(resource);
  if (found.outcome === "unknown" || found.outcome === "unavailable") return { kind: "unanswered" };
  if (found.outcome === "refused" || found.value === null) return { kind: "nothing", why: "unknown at the provider" };
  const { reference, paymentId } = found.value;
  const charge = reference === null || !isId(reference) ? null : await store.get(reference);
  return charge === null ? { kind: "nothing", why: "no charge of ours" } : { kind: "charge", charge, paymentId };
}

/**
 * Mercado Pago suspects fraud. What kind of notice it is stands beside what is signed, so that it may not move money or
 * food: it is shown with its charge, where that is known, and somebody looks.
 */
async function warnOfFraud(desk: NoticeDesk, notice: Notice): Promise<"done" | number> {
  const paymentId = paymentIdOf(notice);
  const found = paymentId === null ? null : await lookUp(desk, { kind: "payment", id: paymentId });
  if (found?.kind === "unanswered") return later(desk, notice);
  const charge = found?.kind === "charge" ? found.charge : null;
  desk.log.error(
    { alarm: "fraud-alert", resource: notice.resourceId, ...(charge === null ? {} : { charge: charge.id }) },
    "the provider suspects fraud; look there",
  );
  if (charge === null) desk.count?.("fraud-alert", notice.resourceId);
  else {
    const entry = entryOf(notice);
    const entries = [{ ...entry, detail: { ...entry.detail, alarms: ["fraud-alert"] } }];
    await applyToStored(desk, { id: charge.id, traceparent: null }, (stored, moment) =>
      changeCharge(
        stored,
        { entries, ...(stored.nextCheckAt === null ? {} : { checkAt: stored.nextCheckAt }) },
        moment,
      ),
    );
  }
  return "done";
}

/** The payment it warns of: by its own id, else by what its body says, which is a hint to go and read, no more. */
function paymentIdOf({ resourceId, rawBody }: Notice): string | null {
  const said = /"payment_id"\s*:\s*"?(\d{1,30})\b/.exec(rawBody)?.[1];
  return said ?? (/^\d{1,30}$/.test(resourceId) ? resourceId : null);
}

function entryOf(notice: Notice): NamedEntry {
  return {
    at: notice.receivedAt,
    kind: "notification",
    code: "notified",
    summary: `notified of ${notice.topic}`,
    detail: { topic: notice.topic, resource_id: notice.resourceId, notice_id: notice.id },
  };
}

async function check(
  desk: ChargeDesk,
  notice: Notice,
  { charge, paymentIdHint }: { readonly charge: Charge; readonly paymentIdHint: string | null },
): Promise<"done" | number> {
  const wasRead = await checkCharge(desk, charge, { notice: entryOf(notice), paymentIdHint, traceparent: null });
  return wasRead ? "done" : later(desk, notice);
}

function resourceOf({ topic, resourceId: id }: Notice): ProviderResource | null {
  switch (topic) {
    case "order":
    case "orders":
      return /^[A-Z0-9]{10,60}$/i.test(id) ? { kind: "order", id: id.toUpperCase() } : null;
    case "payment":
      return /^\d{1,30}$/.test(id) ? { kind: "payment", id } : null;
    case "merchant_order":
    case "topic_merchant_order_wh":
      return /^\d{1,30}$/.test(id) ? { kind: "merchant-order", id } : null;
    case "topic_chargebacks_wh":
      return /^\d{1,30}$/.test(id) ? { kind: "chargeback", id } : null;
    case "topic_claims_integration_wh":
      return /^\d{1,30}$/.test(id) ? { kind: "claim", id } : null;
    default:
      return null;
  }
}

function mayStillCome(desk: ChargeDesk, notice: Notice, why: string): "done" | number {
  if (ageMs(desk, notice) < MAY_STILL_COME_MS) return later(desk, notice);
  desk.log.warn({ notice: notice.id, topic: notice.topic, resource: notice.resourceId, why }, "notification dropped");
  return "done";
}

/** Later, by as much again as it has waited already. */
function later(desk: ChargeDesk, notice: Notice): "done" | number {
  const age = ageMs(desk, notice);
  if (age > GIVE_UP_MS) return "done";
  return Math.round(Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, age)) * (0.8 + 0.4 * desk.random()));
}

function ageMs(desk: ChargeDesk, notice: Notice): number {
  return desk.clock.now().getTime() - notice.receivedAt.getTime();
}
