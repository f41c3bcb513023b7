import { createHmac } from "node:crypto";

/**
 * Signs a notification as Mercado Pago does: HMAC-SHA256 over the id, the request id and `ts`. Documented: the id in
 * lower case, `ts` in ms; the caller may choose otherwise.
 * Answers the value of the header `x-signature`.
 */
export const signNotification = (input: { secret: string; dataId: string; requestId: string; ts: number }): string => {
  const manifest = `id:${input.dataId};request-id:${input.requestId};ts:${input.ts};`;
  const hash = createHmac("sha256", input.secret).update(manifest).digest("hex");
  return `ts=${input.ts},v1=${hash}`;
};
