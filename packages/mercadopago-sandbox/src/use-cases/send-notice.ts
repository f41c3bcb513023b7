import { utcDate } from "../domain/dates.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import { type Notification, orderNotification, type Signing } from "../webhooks/notification.ts";
import type { World } from "../world.ts";

/** A notice that no change caused: the panel's "simulate" button, a replay, a forgery. */
export type NoticeRequest = {
  resource_id: string;
  topic?: string;
  action?: string;
  /** Whom the body names; the address and the secret stay those of `seller`. */
  user_id?: string;
  application_id?: string;
  /** Members put over those of `data`. */
  data?: JsonObject;
  form?: "webhook" | "ipn";
  url?: string;
  times?: number;
} & Signing;

/** Sends a notice as asked, `times` times over; answers the ids of the deliveries. */
export const sendNotice = (world: World, work: { seller: Seller; request: NoticeRequest }): string[] => {
  const { request } = work;
  return Array.from({ length: request.times ?? 1 }, () => {
    const notice = noticeOf(world, work);
    world.notify(notice);
    return notice.id;
  });
};

const noticeOf = (world: World, { seller, request }: { seller: Seller; request: NoticeRequest }): Notification => {
  const { resource_id: resourceId, signature, secret, ts, id_case, age_ms } = request;
  const draft = { id: world.ids.uuid(), seller, nowMs: world.clock.now() };
  const order = world.tables.orders.get(resourceId);
  const genuine = order === undefined ? undefined : orderNotification(draft, order);
  const topic = request.topic ?? (resourceId.startsWith("ORD") ? "order" : "payment");
  const action = request.action ?? genuine?.action ?? `${topic}.updated`;
  const known = topic === "order" ? genuine?.body["data"] : undefined;
  const data = { ...(typeof known === "object" && known), id: resourceId, ...request.data };
  return {
    id: draft.id,
    userId: seller.userId,
    form: request.form ?? "webhook",
    topic,
    resourceId,
    action,
    url: request.url ?? null,
    body:
      request.form === "ipn"
        ? { resource: resourceId, topic }
        : {
            action,
            api_version: "v1",
            application_id: request.application_id ?? seller.applicationId,
            data,
            date_created: utcDate(draft.nowMs),
            live_mode: false,
            type: topic,
            user_id: request.user_id ?? seller.userId,
          },
    createdMs: draft.nowMs,
    status: "pending",
    attempts: [],
    signing: {
      ...(signature !== undefined && { signature }),
      ...(secret !== undefined && { secret }),
      ...(ts !== undefined && { ts }),
      ...(id_case !== undefined && { id_case }),
      ...(age_ms !== undefined && { age_ms }),
    },
  };
};
