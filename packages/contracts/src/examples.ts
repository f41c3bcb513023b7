import type {
  CustomerErased,
  PaymentCancelled,
  PaymentRequested,
  PaymentSnapshot,
  RefundRequested,
} from "./event-data.ts";

const ORDER_ID = "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01";
const PAYMENT_ID = "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02";

/** One example of each kind of event data; producers and consumers are tested against them. */
export const examples: {
  readonly paymentRequested: PaymentRequested;
  readonly paymentCancelled: PaymentCancelled;
  readonly refundRequested: RefundRequested;
  readonly paymentPending: PaymentSnapshot;
  readonly paymentApproved: PaymentSnapshot;
  readonly customerErased: CustomerErased;
} = {
  paymentRequested: {
    payment_id: PAYMENT_ID,
    order_id: ORDER_ID,
    attempt: 1,
    customer_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
    amount_cents: 4290,
    currency: "BRL",
    method: "qr",
    description: "Pedido 47",
    items: [{ title: "X-Salada", quantity: 1, unit_price_cents: 2890 }],
    order_expires_at: "2026-01-15T12:15:00.000Z",
    device_id: null,
  },
  paymentCancelled: { payment_id: PAYMENT_ID, order_id: ORDER_ID, reason: "order_cancelled" },
  refundRequested: {
    payment_id: PAYMENT_ID,
    order_id: ORDER_ID,
    items: [{ id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a11", quantity: 1 }],
    amount_cents: 2890,
    reason: "item_refused",
  },
  paymentPending: {
    payment_id: PAYMENT_ID,
    order_id: ORDER_ID,
    attempt: 1,
    status: "pending",
    method: "qr",
    amount_cents: 4290,
    refunded_cents: 0,
    currency: "BRL",
    qr_code: "00020101021226870014br.gov.bcb.pix2565pix-qr.example.test/instore/o/v2/…",
    payment_link: null,
    expires_at: "2026-01-15T12:05:00.000Z",
    approved_at: null,
    version: 2,
  },
  paymentApproved: {
    payment_id: PAYMENT_ID,
    order_id: ORDER_ID,
    attempt: 1,
    status: "approved",
    method: "qr",
    amount_cents: 4290,
    refunded_cents: 0,
    currency: "BRL",
    qr_code: null,
    payment_link: null,
    expires_at: null,
    approved_at: "2026-01-15T12:01:30.000Z",
    version: 3,
  },
  customerErased: {
    customer_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
    erasure_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a04",
    erased_at: "2026-01-15T12:30:00.000Z",
  },
};
