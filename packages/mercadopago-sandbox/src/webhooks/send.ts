import { randomUUID } from "node:crypto";
import type { Seller } from "../sellers.ts";
import type { DeliveryAttempt, Notification, Signing } from "./notification.ts";
import { signNotification } from "./signature.ts";

/** How long a receiver may take before the attempt counts as lost (documented: 22 s). */
const receiverTimeoutMs = 22_000;

/** Sends a notification once. Never rejects: whatever goes wrong is written into the attempt. */
export const sendNotification = async (input: {
  notification: Notification;
  seller: Seller;
  url: string;
  nowMs: number;
  /** How notices are signed now, unless this one says otherwise. */
  signing: Signing;
  abort: AbortSignal;
}): Promise<DeliveryAttempt> => {
  const { notification, nowMs } = input;
  const requestId = randomUUID();
  const attempt = { at: new Date(nowMs).toISOString(), retry: notification.attempts.length, request_id: requestId };
  const startedMs = performance.now();
  const done = (result: { url: string; status_code: number | null; error: string | null }): DeliveryAttempt => ({
    ...attempt,
    ...result,
    duration_ms: Math.round(performance.now() - startedMs),
  });
  let url = input.url;
  try {
    url = addressOf(notification, input.url);
    const response = await fetch(url, {
      method: "POST",
      headers: headersOf({ ...input, requestId, retry: attempt.retry }),
      body: JSON.stringify(notification.body),
      redirect: "manual",
      signal: AbortSignal.any([input.abort, AbortSignal.timeout(receiverTimeoutMs)]),
    });
    await response.body?.cancel();
    return done({ url, status_code: response.status, error: null });
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    return done({ url, status_code: null, error: reason instanceof Error ? reason.message : String(reason) });
  }
};

/** Whether a receiver's answer ends the retries: 200 or 201 are asked for, any 2xx is taken. */
export const isAccepted = (attempt: DeliveryAttempt): boolean =>
  attempt.status_code !== null && attempt.status_code >= 200 && attempt.status_code < 300;

const addressOf = (notification: Notification, address: string): string => {
  const url = new URL(address);
  if (notification.form === "ipn") {
    url.searchParams.set("topic", notification.topic);
    url.searchParams.set("id", notification.resourceId);
  } else {
    url.searchParams.set("data.id", notification.resourceId);
    url.searchParams.set("type", notification.topic);
  }
  return url.href;
};

const wrongSecret = "not-the-secret-of-this-application";

const headersOf = (input: {
  notification: Notification;
  seller: Seller;
  nowMs: number;
  signing: Signing;
  requestId: string;
  retry: number;
}): Record<string, string> => {
  const signing = { ...input.signing, ...input.notification.signing };
  const ownSecret = signing.secret ?? input.seller.webhookSecret;
  return {
    "content-type": "application/json",
    "user-agent": "restclient-node/4.15.3",
    "x-request-id": input.requestId,
    "x-retry": String(input.retry),
    "x-socket-timeout": String(receiverTimeoutMs),
    "x-rest-pool-name": "/services/webhooks.js",
    ...(input.notification.form === "webhook" &&
      signing.signature !== "none" && {
        "x-signature": signNotification({
          secret: signing.signature === "wrong_secret" ? wrongSecret : ownSecret,
          dataId:
            signing.id_case === "as_is" ? input.notification.resourceId : input.notification.resourceId.toLowerCase(),
          requestId: input.requestId,
          ts: Math.trunc((input.nowMs - (signing.age_ms ?? 0)) / (signing.ts === "s" ? 1000 : 1)),
        }),
      }),
  };
};
