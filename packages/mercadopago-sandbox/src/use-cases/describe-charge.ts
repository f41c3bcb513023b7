import { isOrderOverdue, type Order, type OrderStatus } from "../domain/order.ts";
import { isPaymentOverdue, type Payment } from "../domain/payment.ts";
import { itemsOf, type Preference, preferenceText, preferenceWindow } from "../domain/preference.ts";
import type { World } from "../world.ts";
import type { Charge } from "./find-charge.ts";

/** A charge as a wallet shows it before paying. */
export type ChargeView = {
  kind: Charge["kind"];
  id: string;
  /** Who charges. */
  merchant: string;
  description: string;
  external_reference: string | null;
  amount_cents: number;
  /** `open` can be paid now. */
  status: "open" | "paid" | "canceled" | "expired" | "rejected" | "not_yet";
  created_at: string;
  expires_at: string | null;
  /** What to send to `/sandbox/pay`. */
  qr_code: string | null;
  payment_link: string | null;
};

/** Tells what a charge asks for. */
export const describeCharge = (world: World, charge: Charge): ChargeView => {
  switch (charge.kind) {
    case "order":
      return describeOrder(world, charge.order);
    case "payment":
      return describePayment(world, charge.payment);
    case "preference":
      return describePreference(world, charge.preference);
  }
};

const shownMax = 50;

/** The newest charges that can be paid now, newest first. */
export const openCharges = (world: World): ChargeView[] => {
  const nowMs = world.clock.now();
  const { openOrders, openPayments, openPreferences } = world.indexes;
  const orders = openOrders("open").filter((order) => !isOrderOverdue(order, nowMs));
  const payments = openPayments("open").filter((payment) => !isPaymentOverdue(payment, nowMs));
  const preferences = openPreferences("open").filter((preference) => preferenceWindow(preference, nowMs) === "open");
  return [
    ...orders.slice(-shownMax).map((order) => describeOrder(world, order)),
    ...payments.slice(-shownMax).map((payment) => describePayment(world, payment)),
    ...preferences.slice(-shownMax).map((preference) => describePreference(world, preference)),
  ]
    .sort((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, shownMax);
};

const orderStates: Record<OrderStatus, ChargeView["status"]> = {
  created: "open",
  at_terminal: "open",
  action_required: "open",
  processing: "open",
  processed: "paid",
  refunded: "paid",
  charged_back: "paid",
  failed: "rejected",
  canceled: "canceled",
  expired: "expired",
};

const describeOrder = (world: World, order: Order): ChargeView => {
  const pos = order.pos === null ? undefined : world.tables.pointsOfSale.get(String(order.pos.id));
  const store = order.pos === null ? undefined : world.tables.stores.get(String(order.pos.storeId));
  return {
    kind: "order",
    id: order.id,
    merchant: store?.name ?? merchantOf(world, order.userId),
    description: order.echo.description ?? `Pedido no ${pos?.name ?? "caixa"}`,
    external_reference: order.externalReference,
    amount_cents: order.amountCents,
    status: orderStates[order.status],
    created_at: isoDate(order.createdMs),
    expires_at: isoDate(order.expiresMs),
    qr_code: order.qrData ?? (order.type === "qr" ? (pos?.qrData ?? null) : null),
    payment_link: order.type === "online" ? (order.challengeUrl ?? order.checkout?.url ?? null) : null,
  };
};

const describePayment = (world: World, payment: Payment): ChargeView => {
  const states = {
    pending: "open",
    in_process: "open",
    authorized: "paid",
    approved: "paid",
    in_mediation: "paid",
    charged_back: "paid",
    refunded: "paid",
    cancelled: "canceled",
    rejected: "rejected",
  } as const;
  return {
    kind: "payment",
    id: String(payment.id),
    merchant: merchantOf(world, payment.userId),
    description: payment.echo.description ?? "Pix",
    external_reference: payment.externalReference,
    amount_cents: payment.amountCents,
    status: payment.statusDetail === "expired" ? "expired" : states[payment.status],
    created_at: isoDate(payment.createdMs),
    expires_at: payment.expiresMs === null ? null : isoDate(payment.expiresMs),
    qr_code: payment.qrCode,
    payment_link: null,
  };
};

const describePreference = (world: World, preference: Preference): ChargeView => {
  const [first, ...others] = itemsOf(preference);
  const title = String(first?.["title"] ?? "Link de pagamento");
  return {
    kind: "preference",
    id: preference.id,
    merchant: merchantOf(world, preference.userId),
    description: others.length === 0 ? title : `${title} e mais ${others.length}`,
    external_reference: preferenceText(preference, "external_reference"),
    amount_cents: preference.totalCents,
    status: preference.paidMs !== null ? "paid" : preferenceWindow(preference, world.clock.now()),
    created_at: isoDate(preference.createdMs),
    expires_at: preferenceText(preference, "expiration_date_to"),
    qr_code: null,
    payment_link: `${world.publicUrl()}/checkout/v1/redirect?pref_id=${preference.id}`,
  };
};

const merchantOf = (world: World, userId: string): string => {
  for (const store of world.tables.stores.values()) if (store.userId === userId) return store.name;
  return "Loja";
};

const isoDate = (ms: number) => new Date(ms).toISOString();
