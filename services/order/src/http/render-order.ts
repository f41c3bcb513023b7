import { qrCodeImage } from "@comanda/br-code";
import { chargeState } from "../domain/charge-state.ts";
import { type Charge, currentCharge, type Order, type OrderLine } from "../domain/order.ts";
import type { PricedOption } from "../domain/price-line.ts";
import type { View } from "../domain/visibility.ts";
import type { OrderAnswer } from "./order-schema.ts";
import { paymentInstruction } from "./payment-instruction.ts";

type ItemAnswer = OrderAnswer["items"][number];
type PaymentAnswer = NonNullable<OrderAnswer["payment"]>;

/** An order as this view may have it. Only an order with a living QR has to wait, for the drawing of it. */
export async function renderOrder(order: Order, view: View): Promise<OrderAnswer> {
  const { id, number, status } = order;
  const isPanel = view === "panel";
  return {
    id,
    number,
    status,
    payment_status: order.paymentStatus,
    channel: order.channel,
    ...(view === "full" ? { customer_id: order.customerId } : {}),
    service_mode: order.serviceMode,
    customer_name: order.customerName,
    table: isPanel ? null : order.tableLabel,
    priority: order.priority,
    // A public screen shows numbers and what is called beside them (product §2.5); a wish may tell of somebody's health.
    items: isPanel ? [] : order.lines.map((line) => renderLine(line, view)),
    ...(view === "full" ? { total_cents: order.totalCents } : {}),
    currency: "BRL",
    ...(view === "full" ? { payment: await renderPayment(order) } : {}),
    version: order.version,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
    expires_at: order.expiresAt.toISOString(),
  };
}

function renderLine(line: OrderLine, view: View): ItemAnswer {
  return {
    id: line.id,
    product_id: line.productId,
    name: line.name,
    ...(view === "full" ? { unit_price_cents: line.unitPriceCents, total_cents: line.totalCents } : {}),
    quantity: line.quantity,
    comment: line.comment,
    options: line.options.map((option) => renderOption(option, view)),
    without: [...line.without],
    slots: line.slots.map((slot) => ({
      slot_id: slot.slotId,
      name: slot.name,
      product_id: slot.productId,
      product_name: slot.productName,
      ...(view === "full" ? { price_cents: slot.priceCents } : {}),
      options: slot.options.map((option) => renderOption(option, view)),
      without: [...slot.without],
    })),
    status: line.status,
    ...(view === "full" ? { refund_asked_at: line.refundAskedAt?.toISOString() ?? null } : {}),
  };
}

function renderOption(option: PricedOption, view: View): ItemAnswer["options"][number] {
  const { optionId, name, groupName, priceCents } = option;
  return { id: optionId, name, group: groupName, ...(view === "full" ? { price_cents: priceCents } : {}) };
}

/** The present attempt; `null` while its QR or link is still on its way, and for an order that costs nothing. */
async function renderPayment(order: Order): Promise<PaymentAnswer | null> {
  const charge = currentCharge(order);
  if (charge === null) return null;
  const { paymentId: id, method } = charge;
  const said = { id, method, detail: charge.detail, instruction: paymentInstruction(order, charge) };
  const isPayable = order.status === "requested" && chargeState(charge.status) === "open";
  if (!isPayable) return { ...said, ...NOTHING_TO_PAY };
  if (method === "counter" || method === "terminal") {
    return { ...said, ...NOTHING_TO_PAY, expires_at: (charge.expiresAt ?? order.expiresAt).toISOString() };
  }
  return charge.status === "created" ? null : { ...said, ...(await renderQr(charge)) };
}

type Payable = Pick<PaymentAnswer, "qr_code" | "qr_code_image" | "payment_link" | "expires_at">;

const NOTHING_TO_PAY = { qr_code: null, qr_code_image: null, payment_link: null, expires_at: null };

async function renderQr({ qrCode, paymentLink, expiresAt }: Charge): Promise<Payable> {
  return {
    qr_code: qrCode,
    qr_code_image: qrCode === null ? null : await qrCodeImage(qrCode),
    payment_link: paymentLink,
    expires_at: expiresAt?.toISOString() ?? null,
  };
}
