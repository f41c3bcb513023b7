import type { ChargeStatus } from "@comanda/contracts";
import { type Cents, ok, type Result, refuse } from "@comanda/primitives";
import { changeCharge, type Moment } from "./change-charge.ts";
import type { Charge, NamedEntry } from "./charge.ts";
import { answeredWith } from "./first-answer.ts";

/** Money that a cashier took. Without `receivedCents` it was the exact amount. */
export type Receipt = {
  readonly tender: "cash" | "card";
  readonly receivedCents: Cents | null;
  /** Who took it. */
  readonly actor: string;
  /** Fingerprints of the caller's Idempotency-Key and of its request. */
  readonly key: string | null;
  readonly fingerprint: string;
};

/** Why the money cannot be booked. */
export type ReceiveRefusal =
  | { readonly kind: "not-at-counter" }
  | { readonly kind: "already-received" }
  | { readonly kind: "closed"; readonly status: ChargeStatus }
  | { readonly kind: "too-little"; readonly missingCents: Cents }
  | { readonly kind: "card-takes-exact" }
  | { readonly kind: "key-reused" };

/** The booked charge, the change to hand back, and whether it had been booked by the same request before. */
export type Received = { readonly charge: Charge; readonly changeCents: Cents; readonly isReplay: boolean };

/** Books money taken at the counter: the only way besides a provider's word by which a charge becomes paid. */
export function receiveAtCounter(charge: Charge, receipt: Receipt, moment: Moment): Result<Received, ReceiveRefusal> {
  if (charge.method !== "counter") return refuse({ kind: "not-at-counter" });
  if (charge.approvedAt !== null) return replayOf(charge, receipt);
  if (charge.status !== "pending") return refuse({ kind: "closed", status: charge.status });
  const received = receipt.receivedCents ?? charge.amountCents;
  const changeCents = received - charge.amountCents;
  if (changeCents < 0) return refuse({ kind: "too-little", missingCents: -changeCents });
  if (changeCents > 0 && receipt.tender === "card") return refuse({ kind: "card-takes-exact" });
  const { tender, actor, key, fingerprint } = receipt;
  const answered = answeredWith(charge, {
    status: "approved",
    refundedCents: 0,
    refundingCents: 0,
    now: moment.now,
  });
  const entry: NamedEntry = {
    at: moment.now,
    kind: "decision",
    code: tender === "cash" ? "cash-received" : "card-received",
    summary: `${tender} taken at the counter`,
    detail: { tender, received_cents: received, change_cents: changeCents, actor, key, fingerprint, ...answered },
  };
  const next = changeCharge(charge, { status: "approved", approvedAt: moment.now, entries: [entry] }, moment);
  return ok({ charge: next, changeCents, isReplay: false });
}

function replayOf(charge: Charge, receipt: Receipt): Result<Received, ReceiveRefusal> {
  const booked = charge.entries.find(({ detail }) => detail["tender"] !== undefined)?.detail;
  if (booked === undefined || receipt.key === null || booked["key"] !== receipt.key) {
    return refuse({ kind: "already-received" });
  }
  if (booked["fingerprint"] !== receipt.fingerprint) return refuse({ kind: "key-reused" });
  const changeCents = typeof booked["change_cents"] === "number" ? booked["change_cents"] : 0;
  return ok({ charge, changeCents, isReplay: true });
}
