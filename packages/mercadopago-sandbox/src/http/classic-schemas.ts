/** Schemas of the older families: known members are checked, unknown ones are kept, as the real API does. */
const items = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    required: ["title", "quantity", "unit_price"],
    properties: {
      title: { type: "string", minLength: 1, maxLength: 256 },
      quantity: { type: "integer", minimum: 1 },
      unit_price: { type: "number" },
      currency_id: { type: "string", enum: ["BRL"] },
    },
  },
} as const;

const preferenceProperties = {
  items,
  external_reference: { type: ["string", "null"], maxLength: 256 },
  notification_url: { type: ["string", "null"], maxLength: 500 },
  back_urls: { type: "object" },
  auto_return: { type: "string", enum: ["approved", "all"] },
  expires: { type: "boolean" },
  binary_mode: { type: "boolean" },
  statement_descriptor: { type: ["string", "null"], maxLength: 22 },
  metadata: { type: "object" },
  payer: { type: "object" },
} as const;

/** Body of `POST /checkout/preferences`. */
export const preferenceSchema = { type: "object", required: ["items"], properties: preferenceProperties } as const;

/** Body of `PUT /checkout/preferences/{id}`: only what changes. */
export const preferenceUpdateSchema = { type: "object", properties: preferenceProperties } as const;

/** Body of `POST /v1/payments`: Pix, or a card by its token. */
export const paymentSchema = {
  type: "object",
  required: ["transaction_amount", "payer"],
  if: { required: ["token"] },
  else: { required: ["payment_method_id"], properties: { payment_method_id: { enum: ["pix"] } } },
  properties: {
    transaction_amount: { type: "number", exclusiveMinimum: 0 },
    payment_method_id: { type: "string", maxLength: 40 },
    token: { type: "string", maxLength: 64 },
    installments: { type: "integer", minimum: 1, maximum: 36 },
    capture: { type: "boolean" },
    payer: {
      type: "object",
      required: ["email"],
      properties: { email: { type: "string", pattern: "^[^@\\s]+@[^@\\s]+$" } },
    },
    description: { type: "string" },
    external_reference: { type: "string", maxLength: 256 },
    notification_url: { type: "string", maxLength: 500 },
    date_of_expiration: { type: "string" },
    metadata: { type: "object" },
    additional_info: { type: "object" },
    statement_descriptor: { type: "string" },
    binary_mode: { type: "boolean" },
  },
} as const;

/** Body of `PUT /v1/payments/{id}`. */
export const paymentUpdateSchema = {
  type: "object",
  properties: {
    status: { type: "string", enum: ["cancelled"] },
    capture: { type: "boolean" },
    transaction_amount: { type: "number" },
    metadata: { type: "object" },
    external_reference: { type: "string", maxLength: 256 },
    description: { type: "string" },
  },
} as const;

/** Body of `POST /v1/payments/{id}/refunds`: no amount is all of it. */
export const refundSchema = {
  type: ["object", "null"],
  properties: { amount: { type: ["number", "null"] } },
} as const;

/** Body of `POST` and `PUT /merchant_orders`. */
export const merchantOrderSchema = {
  type: "object",
  properties: {
    preference_id: { type: "string" },
    external_reference: { type: "string", maxLength: 256 },
    notification_url: { type: "string" },
    items: { type: "array", items: { type: "object" } },
  },
} as const;

/** Body of `POST /users/{user_id}/stores`. */
export const storeSchema = {
  type: "object",
  required: ["name", "location"],
  properties: {
    name: { type: "string", minLength: 1 },
    external_id: { type: "string", pattern: "^[A-Za-z0-9]{1,60}$" },
    business_hours: { type: "object" },
    location: { type: "object" },
  },
} as const;

/** Body of `PUT /users/{user_id}/stores/{id}`. */
export const storeUpdateSchema = { type: "object", properties: storeSchema.properties } as const;

/** Body of `POST /pos` and `POST /v2/pos`; the second writes the store's id as text. */
export const posSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1 },
    store_id: { type: ["integer", "string"] },
    external_store_id: { type: "string" },
    external_id: { type: "string", pattern: "^[A-Za-z0-9]{1,40}$" },
    fixed_amount: { type: "boolean" },
    category: { type: ["integer", "null"] },
  },
} as const;

/** Body of `PATCH /terminals/v1/setup`. */
export const terminalSetupSchema = {
  type: "object",
  required: ["terminals"],
  properties: {
    terminals: {
      type: "array",
      minItems: 1,
      maxItems: 50,
      items: {
        type: "object",
        required: ["id", "operating_mode"],
        properties: {
          id: { type: "string", minLength: 1 },
          operating_mode: { type: "string", enum: ["PDV", "STANDALONE"] },
        },
      },
    },
  },
} as const;

const numberOrText = { type: ["integer", "string"] } as const;

/** Body of `POST /v1/card_tokens`. */
export const cardTokenSchema = {
  type: "object",
  anyOf: [{ required: ["card_number"] }, { required: ["card_id"] }],
  properties: {
    card_number: { type: "string", maxLength: 30 },
    card_id: { type: "string", maxLength: 64 },
    customer_id: { type: "string", maxLength: 64 },
    expiration_month: numberOrText,
    expiration_year: numberOrText,
    security_code: { type: "string", maxLength: 4 },
    cardholder: {
      type: "object",
      properties: { name: { type: "string", maxLength: 100 }, identification: { type: "object" } },
    },
  },
} as const;

const customerProperties = {
  email: { type: "string", pattern: "^[^@\\s]+@[^@\\s]+$" },
  phone: { type: "object" },
  identification: { type: "object" },
  address: { type: "object" },
} as const;

/** Body of `POST /v1/customers`. */
export const customerSchema = { type: "object", required: ["email"], properties: customerProperties } as const;

/** Body of `PUT /v1/customers/{id}`. */
export const customerUpdateSchema = { type: "object", properties: customerProperties } as const;

/** Body of `POST /v1/customers/{id}/cards`. */
export const customerCardSchema = {
  type: "object",
  required: ["token"],
  properties: { token: { type: "string", minLength: 1, maxLength: 64 } },
} as const;

/** Body of `PUT /v1/customers/{id}/cards/{card_id}`. */
export const customerCardUpdateSchema = {
  type: "object",
  properties: {
    expiration_month: { type: "integer", minimum: 1, maximum: 12 },
    expiration_year: { type: "integer", minimum: 2000, maximum: 2100 },
    cardholder: { type: "object", properties: { name: { type: "string" }, identification: { type: "object" } } },
  },
} as const;
