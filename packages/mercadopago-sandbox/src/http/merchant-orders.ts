import { offsetDate } from "../domain/dates.ts";
import { type MerchantOrder, merchantOrderState } from "../domain/merchant-order.ts";
import { centsOfReais, reaisOfCents } from "../domain/money.ts";
import { refundedCents } from "../domain/payment.ts";
import type { Answer } from "../idempotency.ts";
import type { JsonObject } from "../json.ts";
import type { World } from "../world.ts";
import { merchantOrderSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { classicRefusal } from "./refusals.ts";

type MerchantOrderInput = {
  preference_id?: string;
  external_reference?: string;
  notification_url?: string;
  items?: JsonObject[];
};

/** Merchant orders: what groups the payments tried for one link. */
export const addMerchantOrders = (add: AddOperation, world: World): void => {
  add<MerchantOrderInput>({
    method: "POST",
    url: "/merchant_orders",
    family: "classic",
    key: "optional",
    body: merchantOrderSchema,
    run: ({ seller, body }) => {
      const nowMs = world.clock.now();
      const blank: MerchantOrder = {
        id: world.ids.number(),
        userId: seller.userId,
        applicationId: seller.applicationId,
        preferenceId: null,
        externalReference: null,
        items: [],
        notificationUrl: null,
        totalCents: 0,
        paymentIds: [],
        createdMs: nowMs,
        updatedMs: nowMs,
      };
      return { status: 201, body: presentMerchantOrder(world, save(world, { order: blank, input: body })) };
    },
  });
  add({ method: "GET", url: "/merchant_orders/search", family: "classic", run: (call) => search(world, call) });
  add({
    method: "GET",
    url: "/merchant_orders/:id",
    family: "classic",
    run: (call) => {
      const order = ownMerchantOrder(world, call);
      return order === undefined ? notFound(call) : { status: 200, body: presentMerchantOrder(world, order) };
    },
  });
  add<MerchantOrderInput>({
    method: "PUT",
    url: "/merchant_orders/:id",
    family: "classic",
    key: "optional",
    body: merchantOrderSchema,
    run: (call) => {
      const order = ownMerchantOrder(world, call);
      if (order === undefined) return notFound(call);
      return { status: 200, body: presentMerchantOrder(world, save(world, { order, input: call.body })) };
    },
  });
};

const ownMerchantOrder = (world: World, { params, seller }: Call<unknown>): MerchantOrder | undefined => {
  const order = world.tables.merchantOrders.get(params["id"] ?? "");
  return order?.userId === seller.userId ? order : undefined;
};

const save = (world: World, work: { order: MerchantOrder; input: MerchantOrderInput }): MerchantOrder => {
  const { order, input } = work;
  const items = input.items ?? order.items;
  const saved: MerchantOrder = {
    ...order,
    items,
    preferenceId: input.preference_id ?? order.preferenceId,
    externalReference: input.external_reference ?? order.externalReference,
    notificationUrl: input.notification_url ?? order.notificationUrl,
    totalCents: items.reduce(
      (sum, item) => sum + (centsOfReais(Number(item["unit_price"])) ?? 0) * Number(item["quantity"] ?? 1),
      0,
    ),
    updatedMs: world.clock.now(),
  };
  world.tables.merchantOrders.put(String(saved.id), saved);
  return saved;
};

const search = (world: World, { seller, query }: Call<undefined>): Answer => {
  const [reference, preference] = [query["external_reference"], query["preference_id"]];
  const candidates =
    preference !== undefined
      ? world.indexes.merchantOrdersByPreference(preference)
      : reference !== undefined
        ? world.indexes.merchantOrdersByReference(`${seller.userId} ${reference}`)
        : [...world.tables.merchantOrders.values()];
  const found = candidates
    .filter((order) => order.userId === seller.userId)
    .filter((order) => reference === undefined || order.externalReference === reference)
    .toReversed();
  const { rows, offset } = pageOf(found, query);
  const elements = rows.map((order) => presentMerchantOrder(world, order));
  return { status: 200, body: { elements, next_offset: offset + elements.length, total: found.length } };
};

const presentMerchantOrder = (world: World, order: MerchantOrder) => {
  const payments = order.paymentIds.flatMap((id) => world.tables.payments.get(String(id)) ?? []);
  const state = merchantOrderState(order, payments);
  return {
    id: order.id,
    status: state.status,
    order_status: state.orderStatus,
    preference_id: order.preferenceId,
    external_reference: order.externalReference,
    application_id: order.applicationId,
    payments: payments.map((payment) => ({
      id: payment.id,
      transaction_amount: reaisOfCents(payment.amountCents),
      total_paid_amount: payment.approvedMs === null ? 0 : reaisOfCents(payment.amountCents),
      shipping_cost: 0,
      currency_id: "BRL",
      status: payment.status,
      status_detail: payment.statusDetail,
      operation_type: "regular_payment",
      date_approved: payment.approvedMs === null ? null : offsetDate(payment.approvedMs),
      date_created: offsetDate(payment.createdMs),
      last_modified: offsetDate(payment.updatedMs),
      amount_refunded: reaisOfCents(refundedCents(payment)),
    })),
    shipments: [],
    payouts: [],
    collector: { id: Number(order.userId), nickname: "TESTE_SIMULADOR", email: "" },
    payer: {},
    items: order.items,
    notification_url: order.notificationUrl,
    marketplace: "NONE",
    site_id: "MLB",
    is_test: true,
    cancelled: false,
    total_amount: reaisOfCents(order.totalCents),
    paid_amount: reaisOfCents(state.paidCents),
    refunded_amount: reaisOfCents(state.returnedCents),
    shipping_cost: 0,
    date_created: offsetDate(order.createdMs),
    last_updated: offsetDate(order.updatedMs),
  };
};

const notFound = (call: Call<unknown>) =>
  classicRefusal({ status: 404, error: "not_found", message: `Merchant order ${call.params["id"]} not found` });
