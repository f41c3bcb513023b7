import { orderAmountPattern } from "../domain/money.ts";

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;
const amount = { type: "string", pattern: orderAmountPattern } as const;

const integrationData = {
  type: "object",
  additionalProperties: false,
  properties: {
    platform_id: text(64),
    integrator_id: text(64),
    sponsor: { type: "object", additionalProperties: false, required: ["id"], properties: { id: text(64) } },
  },
} as const;

const base = {
  processing_mode: { type: "string", enum: ["automatic"] },
  external_reference: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
  total_amount: amount,
  description: text(150),
  expiration_time: text(32),
  integration_data: integrationData,
} as const;

/** The one transaction of a charge in person: only its amount is asked for. */
const onePayment = {
  type: "object",
  additionalProperties: false,
  required: ["payments"],
  properties: {
    payments: {
      type: "array",
      minItems: 1,
      maxItems: 1,
      items: { type: "object", additionalProperties: false, required: ["amount"], properties: { amount } },
    },
  },
} as const;

const qrOrder = {
  additionalProperties: false,
  required: ["external_reference", "config", "transactions"],
  properties: {
    ...base,
    type: { type: "string", enum: ["qr"] },
    config: {
      type: "object",
      additionalProperties: false,
      required: ["qr"],
      properties: {
        qr: {
          type: "object",
          additionalProperties: false,
          required: ["external_pos_id"],
          properties: {
            external_pos_id: { type: "string", pattern: "^[A-Za-z0-9]{1,40}$" },
            mode: { type: "string", enum: ["static", "dynamic", "hybrid"] },
          },
        },
      },
    },
    transactions: onePayment,
    items: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["title", "unit_price", "quantity"],
        properties: {
          title: text(150),
          unit_price: amount,
          quantity: { type: "integer", minimum: 1 },
          unit_measure: text(10),
          external_code: text(150),
          external_categories: {
            type: "array",
            items: { type: "object", additionalProperties: false, required: ["id"], properties: { id: text(64) } },
          },
        },
      },
    },
    discounts: { type: "object" },
  },
} as const;

const pointOrder = {
  additionalProperties: false,
  required: ["external_reference", "config", "transactions"],
  properties: {
    ...base,
    type: { type: "string" },
    config: {
      type: "object",
      additionalProperties: false,
      required: ["point"],
      properties: {
        point: {
          type: "object",
          additionalProperties: false,
          required: ["terminal_id"],
          properties: {
            terminal_id: { type: "string", minLength: 1, maxLength: 64 },
            print_on_terminal: { type: "string", enum: ["no_ticket", "seller_ticket"] },
            ticket_number: text(20),
          },
        },
        payment_method: {
          type: "object",
          additionalProperties: false,
          properties: {
            default_type: { type: "string", enum: ["credit_card", "debit_card", "qr", "voucher_card"] },
          },
        },
      },
    },
    transactions: onePayment,
  },
} as const;

const paymentMethod = {
  type: "object",
  properties: {
    id: text(40),
    type: text(40),
    token: text(64),
    installments: { type: "integer", minimum: 1, maximum: 36 },
    statement_descriptor: text(50),
  },
} as const;

const onlinePayment = {
  type: "object",
  required: ["amount", "payment_method"],
  properties: {
    amount,
    payment_method: { ...paymentMethod, required: ["id", "type"] },
    expiration_time: text(32),
  },
} as const;

/** Body of `POST /v1/orders/{id}/transactions`. */
export const transactionsSchema = {
  type: "object",
  required: ["payments"],
  properties: { payments: { type: "array", minItems: 1, maxItems: 1, items: onlinePayment } },
} as const;

/** Body of `PUT /v1/orders/{id}/transactions/{transaction_id}`: only what changes. */
export const transactionUpdateSchema = {
  type: "object",
  properties: { amount, payment_method: paymentMethod, expiration_time: text(32) },
} as const;

const onlineOrder = {
  additionalProperties: false,
  required: ["external_reference", "total_amount"],
  properties: {
    ...base,
    type: { type: "string" },
    processing_mode: { type: "string", enum: ["automatic", "manual"] },
    capture_mode: { type: "string", enum: ["automatic", "manual", "automatic_async"] },
    payer: { type: "object", properties: { email: text(256), first_name: text(256) } },
    transactions: transactionsSchema,
    config: { type: "object" },
    items: { type: "array", minItems: 1, items: { type: "object" } },
    shipment: { type: "object" },
    discounts: { type: "object" },
    additional_info: { type: "object" },
    marketplace: text(64),
    marketplace_fee: amount,
    currency: { type: "string", enum: ["BRL"] },
    checkout_available_at: text(40),
  },
} as const;

const isType = (type: string) => ({ properties: { type: { const: type } }, required: ["type"] });

const orElse = {
  if: isType("online"),
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: onlineOrder,
  else: qrOrder,
} as const;

/** Body of `POST /v1/orders`, by its type. Members the real API refuses there are refused here. */
export const createOrderSchema = {
  type: "object",
  required: ["type"],
  if: isType("point"),
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: pointOrder,
  else: orElse,
} as const;

/** Body of `POST /v1/orders/{id}/events`, the documented simulation of a card machine. */
export const orderEventSchema = {
  type: "object",
  additionalProperties: false,
  required: ["status"],
  properties: {
    status: { type: "string", enum: ["processed", "failed", "refunded", "canceled", "expired", "action_required"] },
    payment_method_type: { type: "string", enum: ["debit_card", "credit_card", "qr", "voucher_card"] },
    payment_method_id: text(30),
    installments: { type: ["integer", "string"] },
    status_detail: text(60),
  },
} as const;

/** Body of `POST /v1/orders/{id}/refund`: none or `{}` is the whole amount. */
export const refundOrderSchema = {
  type: ["object", "null"],
  additionalProperties: false,
  properties: {
    transactions: {
      type: "array",
      minItems: 1,
      maxItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["id", "amount"],
        properties: { id: text(40), amount },
      },
    },
  },
} as const;
