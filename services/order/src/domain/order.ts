import type { ChargeDetail, ChargeStatus, OrderPaymentStatus, OrderStatus, PaymentMethod } from "@comanda/contracts";
import type { Cents, Id } from "@comanda/primitives";
import type { PricedLine } from "./price-line.ts";

/** Where an order was given: at a totem, on the guest's phone, or to a cashier. */
export type Channel = "kiosk" | "phone" | "counter";

export const SERVICE_MODES = ["dine_in", "takeaway"] as const;
export type ServiceMode = (typeof SERVICE_MODES)[number];

/** What a kitchen station does with one line. */
export const LINE_STATUSES = ["queued", "started", "done", "refused"] as const;
export type LineStatus = (typeof LINE_STATUSES)[number];

export type OrderLine = PricedLine & {
  readonly id: Id;
  readonly status: LineStatus;
  /** When the kitchen said that it will not be made; `null` while it will. */
  readonly refusedAt: Date | null;
  /** When payment was asked to give its money back: from then on it cannot be made after all. */
  readonly refundAskedAt: Date | null;
};

/** One attempt to collect the money, as payment last described it. */
export type Charge = {
  readonly paymentId: Id;
  /** 1, 2, 3 … within the order; the highest is the present one. */
  readonly attempt: number;
  readonly method: PaymentMethod;
  /** The paired device at which it is paid; it chooses the point of sale and the card terminal. */
  readonly deviceId: Id | null;
  readonly status: ChargeStatus;
  readonly amountCents: Cents;
  readonly refundedCents: Cents;
  /** What is wanted or on its way back beside that. */
  readonly refundingCents: Cents;
  readonly qrCode: string | null;
  readonly paymentLink: string | null;
  /** What a person at the card terminal has to know, or why the card was refused. */
  readonly detail: ChargeDetail | null;
  readonly expiresAt: Date | null;
  readonly approvedAt: Date | null;
  /** Payment's version of it; 0 before its first word. */
  readonly version: number;
};

export type Order = {
  readonly id: Id;
  /** The short number that is called. */
  readonly number: number;
  /** `YYYY-MM-DD`; begins at 05:00 in São Paulo. */
  readonly businessDay: string;
  readonly status: OrderStatus;
  readonly paymentStatus: OrderPaymentStatus;
  readonly channel: Channel;
  readonly customerId: Id | null;
  /** Id of the only token that may read it, when it was ordered by somebody known by a mere CPF. */
  readonly sessionId: string | null;
  /** The person or device that sent it. */
  readonly placedBy: Id;
  readonly serviceMode: ServiceMode;
  /** What is called beside the number, if the guest gave a name for it. */
  readonly customerName: string | null;
  readonly tableLabel: string | null;
  /** Served before others by law (Lei 10.048); the reason is nobody's business. */
  readonly priority: boolean;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly Charge[];
  readonly totalCents: Cents;
  /** The charge whose money made it paid. */
  readonly paidBy: Id | null;
  /** Rises by one with every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it stops waiting for money. Never changes. */
  readonly expiresAt: Date;
  readonly paidAt: Date | null;
  readonly startedAt: Date | null;
  readonly readyAt: Date | null;
};

/** Who does something to an order. `lines`: the order follows its lines; `clock`: time was up. */
export const ACTOR_ROLES = [
  "customer",
  "kiosk",
  "kitchen",
  "cashier",
  "manager",
  "admin",
  "lines",
  "clock",
  "payment",
] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];
export type Actor = { readonly role: ActorRole; readonly id: Id | null };

/** One thing that happened, as tracking and the live streams tell it. */
export type FeedEntry = {
  readonly kind: "status" | "payment" | "items";
  /** The order's status after it. */
  readonly status: OrderStatus;
  readonly by: ActorRole;
  readonly actorId: Id | null;
  readonly reason: string | null;
  readonly at: Date;
};

/** Why the order no longer wants a charge. */
export type ReleaseReason =
  | "order_cancelled"
  | "order_rejected"
  | "order_expired"
  | "method_changed"
  | "paid_twice"
  | "paid_too_late"
  | "wrong_amount";

/** What the order has to say to payment. */
export type PaymentWish =
  | { readonly kind: "charge"; readonly charge: Charge }
  | { readonly kind: "release"; readonly paymentId: Id; readonly reason: ReleaseReason }
  | { readonly kind: "refund-line"; readonly paymentId: Id; readonly line: OrderLine };

/** An order as it was and as it is after a decision, with everything that has to be written in the same breath. */
export type Change = {
  readonly before: Order;
  readonly order: Order;
  readonly feed: readonly FeedEntry[];
  readonly wishes: readonly PaymentWish[];
};

/** The attempt that counts: the newest. `null` for an order that costs nothing. */
export function currentCharge(order: Pick<Order, "charges">): Charge | null {
  return order.charges.reduce<Charge | null>(
    (newest, charge) => (newest === null || charge.attempt > newest.attempt ? charge : newest),
    null,
  );
}
