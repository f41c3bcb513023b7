import { type Id, ok, type Result, refuse } from "@comanda/primitives";
import type { RequestKey } from "../storage/idempotency-keys.ts";
import type { RequestRecords } from "../storage/order-store.ts";

export type OnceRefusal = { readonly code: "idempotency-key-reused" | "request-in-progress" };

/** After this time without an answer, the process that had the request is taken for dead, in seconds. */
const ABANDONED_S = 15;

/**
 * Answers a request that carries a key once; its repetitions get the same answer without anything being done again. A
 * request that is refused or fails leaves no trace, so that it can be sent again when things stand differently. What
 * `work` does must bear being begun again after a crash: it is, when its process died on it.
 */
export async function answerOnce<Answer>(
  requests: RequestRecords,
  request: { readonly key: RequestKey | null; readonly route: string; readonly orderId: Id },
  work: () => Promise<Answer>,
): Promise<Result<{ readonly answer: Answer; readonly isReplay: boolean }, OnceRefusal>> {
  const { key, route, orderId } = request;
  if (key === null) return ok({ answer: await work(), isReplay: false });
  const name = { scope: key.scope, route, key: key.key };
  if (!(await requests.begin({ ...key, route, orderId }))) {
    const seen = await requests.find(name);
    if (seen === null) return refuse({ code: "request-in-progress" });
    if (seen.fingerprint !== key.fingerprint) return refuse({ code: "idempotency-key-reused" });
    if (seen.answer !== null) return ok({ answer: seen.answer as Answer, isReplay: true }); // written below, by the same route
    if (!(await requests.takeOver(name, ABANDONED_S))) return refuse({ code: "request-in-progress" });
  }
  try {
    const answer = await work();
    await requests.keepAnswer(name, answer);
    return ok({ answer, isReplay: false });
  } catch (error) {
    await requests.forget(name);
    throw error;
  }
}
