import { HttpProblem, houseProblem, problemResponses, type Words } from "@comanda/service-kit";
import type { LineStepRefusal } from "../domain/lines.ts";
import type { LineRefundRefusal } from "../domain/refund-line.ts";
import { problem, problems } from "../problems.ts";
import type { OnceRefusal } from "../use-cases/answer-once.ts";
import type { UnknownOrder } from "../use-cases/change-status.ts";
import type { PlaceRefusal } from "../use-cases/place-order.ts";
import type { PaymentRefusal } from "../use-cases/request-payment.ts";
import { whyNoCancelling, whyNoLineStep, whyNoTransition } from "./status-words.ts";

type Refusal = LineStepRefusal | LineRefundRefusal | OnceRefusal | UnknownOrder | PlaceRefusal | PaymentRefusal;

/** Seconds after which a client may ask again. */
const SOON = { "retry-after": "1" };

/**
 * A refusal as the client meets it. An order that somebody may not see and one that is not there are the same.
 * @param reader.isGuest they are told what became of their wish, not what staff could do instead
 */
export function problemOf(refusal: Refusal, reader = { isGuest: false }): HttpProblem {
  switch (refusal.code) {
    case "order-unknown":
    case "line-unknown":
      return houseProblem("not-found");
    case "forbidden-for-role":
      return houseProblem("forbidden");
    case "version-conflict":
      return problem("version-conflict", { params: { version: refusal.version } });
    case "illegal-transition": {
      const isCancelling = reader.isGuest && refusal.to === "cancelled";
      return illegal(refusal, isCancelling ? whyNoCancelling(refusal.from) : whyNoTransition(refusal));
    }
    case "illegal-line-step":
      return illegal(refusal, whyNoLineStep(refusal));
    case "line-refused": {
      const { code, path, params } = refusal.refusal;
      const errors = [{ path: `/items/${refusal.index}${path}`, message: code }];
      return problem(code, { params, extensions: { errors } });
    }
    case "request-in-progress":
    case "payment-service-unavailable":
    case "terminal-busy":
      return problem(refusal.code, { headers: SOON });
    case "too-many-unpaid-orders":
      return problem(refusal.code, { headers: { "retry-after": String(refusal.retryAfterSeconds) } });
    case "idempotency-key-reused":
    case "payment-method-unavailable":
    case "line-count-out-of-range":
    case "order-total-too-high":
    case "already-paid":
    case "order-not-payable":
    case "charge-still-open":
    case "payment-not-approved":
    case "item-not-refundable":
      return problem(refusal.code);
  }
}

/** The codes stay for programs; the sentence names the statuses as people do. */
function illegal({ from, allowed }: { from: string; allowed: readonly string[] }, detail: Words): HttpProblem {
  const kind = { ...problems["illegal-transition"], detail };
  return new HttpProblem("illegal-transition", kind, { extensions: { from, allowed } });
}

/** Response schemas of the problems of a route about orders; all want a token. */
export function orderRouteProblems(...codes: readonly (keyof typeof problems)[]) {
  return problemResponses(["unauthenticated", "forbidden", "validation-failed", ...codes, "unavailable"], problems);
}

/** The problems of a JSON body. */
export const BODY_PROBLEMS = ["malformed-json", "unsupported-media-type"] as const;
