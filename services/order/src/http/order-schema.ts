import { ORDER_PAYMENT_STATUSES, ORDER_STATUSES, PAYMENT_METHODS } from "@comanda/contracts";
import { FreeText, IdSchema, InstantSchema, Line, Nullable } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import { LINE_STATUSES, SERVICE_MODES } from "../domain/order.ts";
import { LINES_MAX } from "../domain/place-order.ts";
import { QUANTITY_MAX, QUANTITY_MIN } from "../domain/price-line.ts";

const choices = {
  options: Type.Optional(Type.Array(IdSchema, { maxItems: 50, description: "Ids of chosen options" })),
  without: Type.Optional(
    Type.Array(Line({ max: 100 }), { maxItems: 50, description: "Names of ingredients to leave out" }),
  ),
};

/** Which paired device the guest stands at; said by staff only, since devices and their guests say it by their token. */
export const DeviceId = Type.Optional(
  Type.String({
    format: "uuid",
    description: "Staff only: the paired device whose card terminal takes the money (`payment_method: terminal`)",
  }),
);

/** `POST /orders/`. */
export const NewOrderSchema = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        product_id: IdSchema,
        quantity: Type.Integer({ minimum: QUANTITY_MIN, maximum: QUANTITY_MAX }),
        comment: Type.Optional(FreeText({ max: 200, description: "A wish to the kitchen" })),
        ...choices,
        slots: Type.Optional(
          Type.Array(Type.Object({ slot_id: IdSchema, product_id: IdSchema, ...choices }), { maxItems: 20 }),
        ),
      }),
      { minItems: 1, maxItems: LINES_MAX },
    ),
    payment_method: Type.Enum(PAYMENT_METHODS),
    device_id: DeviceId,
    service_mode: Type.Optional(Type.Enum(SERVICE_MODES)),
    customer_name: Type.Optional(FreeText({ max: 60, description: "What is called beside the number" })),
    table: Type.Optional(FreeText({ max: 20 })),
    priority: Type.Optional(Type.Boolean({ description: "Served first by law (Lei 10.048); nobody is asked why" })),
  },
  {
    examples: [
      {
        items: [{ product_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a10", quantity: 2, comment: "bem passado" }],
        payment_method: "qr",
        service_mode: "takeaway",
        customer_name: "Ana",
      },
    ],
  },
);
export type NewOrderBody = Static<typeof NewOrderSchema>;

const Cents = Type.Integer({ minimum: 0 });
/** Absent for those who only make and call the food: kitchen and panel. */
const Priced = Type.Optional(Cents);

const OptionAnswer = Type.Object({ id: IdSchema, name: Type.String(), group: Type.String(), price_cents: Priced });

const ItemAnswer = Type.Object({
  id: IdSchema,
  product_id: IdSchema,
  name: Type.String(),
  unit_price_cents: Priced,
  quantity: Type.Integer(),
  comment: Nullable(Type.String({ description: "A wish to the kitchen; never shown to the public panel" })),
  options: Type.Array(OptionAnswer),
  without: Type.Array(Type.String()),
  slots: Type.Array(
    Type.Object({
      slot_id: IdSchema,
      name: Type.String(),
      product_id: IdSchema,
      product_name: Type.String(),
      price_cents: Priced,
      options: Type.Array(OptionAnswer),
      without: Type.Array(Type.String()),
    }),
  ),
  total_cents: Priced,
  status: Type.Enum(LINE_STATUSES),
  refund_asked_at: Type.Optional(
    Nullable(Type.String({ format: "date-time", description: "When the money of a refused line was asked back" })),
  ),
});

const PaymentAnswer = Type.Object({
  id: IdSchema,
  method: Type.Enum(PAYMENT_METHODS),
  qr_code: Nullable(Type.String({ description: "Pix BR Code text, to be copied" })),
  qr_code_image: Nullable(Type.String({ description: "The same as a picture: a data URL" })),
  payment_link: Nullable(Type.String()),
  detail: Nullable(
    Type.String({ description: "What a person at the card terminal has to know, or why the card was refused: a code" }),
  ),
  instruction: Nullable(Type.String({ description: "The same as a sentence, in Portuguese, for the screen" })),
  expires_at: Nullable(InstantSchema),
});

/** An order as it is answered. Prices and payment are absent for kitchen and panel; the panel gets no lines and no table either. */
export const OrderSchema = Type.Object(
  {
    id: IdSchema,
    number: Type.Integer({ description: "The short number that is called" }),
    status: Type.Enum(ORDER_STATUSES),
    payment_status: Type.Enum(ORDER_PAYMENT_STATUSES),
    channel: Type.Enum(["kiosk", "phone", "counter"]),
    customer_id: Type.Optional(Nullable(IdSchema)),
    service_mode: Type.Enum(SERVICE_MODES),
    customer_name: Nullable(Type.String()),
    table: Nullable(Type.String()),
    priority: Type.Boolean(),
    items: Type.Array(ItemAnswer, { description: "Empty for the panel" }),
    total_cents: Priced,
    currency: Type.Literal("BRL"),
    payment: Type.Optional(Nullable(PaymentAnswer)),
    version: Type.Integer(),
    created_at: InstantSchema,
    updated_at: InstantSchema,
    expires_at: InstantSchema,
  },
  {
    examples: [
      {
        id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a01",
        number: 47,
        status: "requested",
        payment_status: "awaiting_payment",
        channel: "phone",
        customer_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a03",
        service_mode: "takeaway",
        customer_name: "Ana",
        table: null,
        priority: false,
        items: [
          {
            id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a11",
            product_id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a10",
            name: "X-Salada",
            unit_price_cents: 2890,
            quantity: 2,
            comment: "bem passado",
            options: [],
            without: ["cebola"],
            slots: [],
            total_cents: 5780,
            status: "queued",
            refund_asked_at: null,
          },
        ],
        total_cents: 5780,
        currency: "BRL",
        payment: {
          id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02",
          method: "qr",
          qr_code: "00020101021226…6304ABCD",
          qr_code_image: "data:image/svg+xml;base64,…",
          payment_link: null,
          detail: null,
          instruction: null,
          expires_at: "2026-01-15T12:05:00.000Z",
        },
        version: 2,
        created_at: "2026-01-15T12:00:00.000Z",
        updated_at: "2026-01-15T12:00:00.400Z",
        expires_at: "2026-01-15T12:15:00.000Z",
      },
    ],
  },
);
export type OrderAnswer = Static<typeof OrderSchema>;
