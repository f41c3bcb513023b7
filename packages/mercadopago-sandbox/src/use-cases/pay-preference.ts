import { instantMs } from "../domain/dates.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import type { MerchantOrder } from "../domain/merchant-order.ts";
import type { Payment } from "../domain/payment.ts";
import { itemsOf, type Preference, preferenceText, preferenceWindow } from "../domain/preference.ts";
import { isJsonObject } from "../json.ts";
import type { World } from "../world.ts";
import { pixQr } from "./create-payment.ts";
import { watchPayment } from "./current-charge.ts";
import { savePayment } from "./save-charge.ts";

const endings = {
  approved: { status: "approved", statusDetail: "accredited", methodId: "account_money", methodType: "account_money" },
  rejected: {
    status: "rejected",
    statusDetail: "cc_rejected_insufficient_amount",
    methodId: "visa",
    methodType: "credit_card",
  },
  pending: {
    status: "pending",
    statusDetail: "pending_waiting_transfer",
    methodId: "pix",
    methodType: "bank_transfer",
  },
} as const;

const dayMs = 24 * 3_600_000;

/** A buyer acts on the hosted page: each attempt is a new payment, grouped by one merchant order. */
export const payPreference = (
  world: World,
  attempt: { preference: Preference; outcome: keyof typeof endings },
): Decision<Payment, "already_paid" | "expired" | "not_yet"> => {
  const { preference, outcome } = attempt;
  const nowMs = world.clock.now();
  if (preference.paidMs !== null) return refuse("already_paid");
  const window = preferenceWindow(preference, nowMs);
  if (window !== "open") return refuse(window);

  const merchantOrder = merchantOrderOf(world, preference);
  const payment = attemptOf(world, { preference, outcome, merchantOrderId: merchantOrder.id, nowMs });
  const paymentIds = [...merchantOrder.paymentIds, payment.id];
  world.tables.merchantOrders.put(String(merchantOrder.id), { ...merchantOrder, paymentIds, updatedMs: nowMs });
  world.tables.preferences.put(preference.id, {
    ...preference,
    merchantOrderId: merchantOrder.id,
    paidMs: payment.approvedMs,
  });
  watchPayment(world, payment);
  return allow(savePayment(world, { payment, action: "payment.created" }));
};

const merchantOrderOf = (world: World, preference: Preference): MerchantOrder => {
  const known = preference.merchantOrderId;
  const existing = known === null ? undefined : world.tables.merchantOrders.get(String(known));
  if (existing !== undefined) return existing;
  const nowMs = world.clock.now();
  return {
    id: world.ids.number(),
    userId: preference.userId,
    applicationId: preference.applicationId,
    preferenceId: preference.id,
    externalReference: preferenceText(preference, "external_reference"),
    items: itemsOf(preference),
    notificationUrl: preferenceText(preference, "notification_url"),
    totalCents: preference.totalCents,
    paymentIds: [],
    createdMs: nowMs,
    updatedMs: nowMs,
  };
};

const attemptOf = (
  world: World,
  attempt: { preference: Preference; outcome: keyof typeof endings; merchantOrderId: number; nowMs: number },
): Payment => {
  const { preference, outcome, merchantOrderId, nowMs } = attempt;
  const { content } = preference;
  const id = world.ids.number();
  const isPending = outcome === "pending";
  const limitMs = instantMs(preferenceText(preference, "date_of_expiration") ?? "") ?? nowMs + dayMs;
  return {
    id,
    userId: preference.userId,
    amountCents: preference.totalCents,
    ...endings[outcome],
    externalReference: preferenceText(preference, "external_reference"),
    notificationUrl: preferenceText(preference, "notification_url"),
    echo: {
      description: String(itemsOf(preference)[0]?.["title"] ?? ""),
      payer: isJsonObject(content["payer"]) ? content["payer"] : {},
      metadata: isJsonObject(content["metadata"]) ? content["metadata"] : {},
      additionalInfo: { items: itemsOf(preference) },
      statementDescriptor: preferenceText(preference, "statement_descriptor"),
      binaryMode: content["binary_mode"] === true,
    },
    preferenceId: preference.id,
    merchantOrderId,
    qrCode: isPending ? pixQr({ id, amountCents: preference.totalCents }) : null,
    createdMs: nowMs,
    updatedMs: nowMs,
    approvedMs: outcome === "approved" ? nowMs : null,
    expiresMs: isPending ? limitMs : null,
    refunds: [],
  };
};
