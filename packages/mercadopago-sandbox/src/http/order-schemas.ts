import { orderAmountPattern } from "../domain/money.ts";

const text = (maxLength: number) => ({ type: "string", maxLength }) as const;
const amount = { type: "string", pattern: orderAmountPattern } as const;

/** Body of `POST /v1/orders` for type `qr`. Members the real API refuses there (payer, currency, …) are refused here. */
export const createOrderSchema = {
  type: "object",
  additionalProperties: false,
  required: ["type", "external_reference", "config", "transactions"],
  properties: {
    type: { type: "string", enum: ["qr"] },
    processing_mode: { type: "string", enum: ["automatic"] },
    external_reference: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
    total_amount: amount,
    description: text(150),
    expiration_time: text(32),
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
    transactions: {
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
    },
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
    integration_data: {
      type: "object",
      additionalProperties: false,
      properties: {
        platform_id: text(64),
        integrator_id: text(64),
        sponsor: { type: "object", additionalProperties: false, required: ["id"], properties: { id: text(64) } },
      },
    },
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
