import { createHmac } from "node:crypto";

/**
 * Signs a notification as Mercado Pago does: `ts` in ms, HMAC-SHA256 over the lower-cased id, the request id and `ts`.
 * Answers the value of the header `x-signature`.
 */
export const signNotification = (input: {
  secret: string;
  dataId: string;
  requestId: string;
  tsMs: number;
}): string => {
  const manifest = `id:${input.dataId.toLowerCase()};request-id:${input.requestId};ts:${input.tsMs};`;
  const hash = createHmac("sha256", input.secret).update(manifest).digest("hex");
  return `ts=${input.tsMs},v1=${hash}`;
};
