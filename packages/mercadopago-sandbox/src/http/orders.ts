import { instantMs } from "../domain/dates.ts";
import { cancelOrder, type Order } from "../domain/order.ts";
import { cancelPointOrder } from "../domain/point-order.ts";
import type { Answer } from "../idempotency.ts";
import { orderIdPattern } from "../ids.ts";
import { createQrOrder, type QrOrderInput } from "../use-cases/create-order.ts";
import { createPointOrder, type PointOrderInput } from "../use-cases/create-point-order.ts";
import { currentOrder } from "../use-cases/current-charge.ts";
import { isNotYetSeen } from "../use-cases/find-charge.ts";
import { createOnlineOrder, type OnlineOrderInput } from "../use-cases/online-orders.ts";
import { refundOrder } from "../use-cases/refund-order.ts";
import { saveOrder } from "../use-cases/save-charge.ts";
import { watchArranged } from "../use-cases/terminal-acts.ts";
import type { World } from "../world.ts";
import { answerProcessed } from "./answer-processed.ts";
import type { AddOperation, Call } from "./operation.ts";
import { createOrderSchema, refundOrderSchema } from "./order-schemas.ts";
import { presentOrder, presentStartedRefund } from "./present-order.ts";
import { orderRefusal } from "./refusals.ts";

/** The Orders API: create, read, search, cancel, refund. */
export const addOrders = (add: AddOperation, world: World): void => {
  add<OrderCreation>({
    method: "POST",
    url: "/v1/orders",
    family: "orders",
    key: "required",
    body: createOrderSchema,
    run: (call) => create(world, call),
  });
  add({ method: "GET", url: "/v1/orders", family: "orders", run: (call) => searchOrders(world, call) });
  add({
    method: "GET",
    url: "/v1/orders/:id",
    family: "orders",
    run: (call) => withOrder({ world, call, run: (order) => read(world, order) }),
  });
  add({
    method: "POST",
    url: "/v1/orders/:id/cancel",
    family: "orders",
    key: "required",
    run: (call) => withOrder({ world, call, run: (order) => cancel(world, { order, call }) }),
  });
  add<{ transactions?: [{ id: string; amount: string }] } | null | undefined>({
    method: "POST",
    url: "/v1/orders/:id/refund",
    family: "orders",
    key: "required",
    body: refundOrderSchema,
    run: (call) =>
      withOrder({
        world,
        call,
        run: (order) => {
          const decision = refundOrder(world, { order, part: call.body?.transactions?.[0] });
          if (!decision.ok) return orderRefusal(decision.code, decision.details);
          return { status: 201, body: presentStartedRefund(decision.value.order, decision.value.refund) };
        },
      }),
  });
};

type OrderCreation = QrOrderInput | PointOrderInput | OnlineOrderInput;

const create = (world: World, { seller, body }: Call<OrderCreation>): Answer => {
  const decision =
    body.type === "point"
      ? createPointOrder(world, { seller, input: body })
      : body.type === "online"
        ? createOnlineOrder(world, { seller, input: body })
        : createQrOrder(world, { seller, input: body });
  if (!decision.ok) return orderRefusal(decision.code, decision.details);
  return answerProcessed(decision.value, 201);
};

const read = (world: World, order: Order): Answer =>
  isNotYetSeen(world, order) ? orderRefusal("order_not_found") : { status: 200, body: presentOrder(order) };

const cancel = (world: World, { order, call }: { order: Order; call: Call<unknown> }): Answer => {
  const nowMs = world.clock.now();
  if (order.type === "point") {
    const decision = cancelPointOrder(order, {
      nowMs,
      mayCancelAtTerminal: call.headers["x-allow-cancelable-status"] === "at_terminal",
      answerMs: world.faults.get().terminal_delay_ms,
    });
    if (!decision.ok) return orderRefusal(decision.code);
    if (decision.value.status === "canceled")
      return { status: 200, body: presentOrder(saveOrder(world, decision.value)) };
    // The machine was only asked: the seller is told once it answers.
    world.tables.orders.put(order.id, decision.value);
    watchArranged(world, decision.value);
    return { status: 202, body: presentOrder(decision.value) };
  }
  const decision = cancelOrder(order, nowMs);
  if (!decision.ok) return orderRefusal(decision.code);
  return { status: 200, body: presentOrder(saveOrder(world, decision.value)) };
};

/** Finds the order a path names; another seller's looks like none at all. */
export const withOrder = (work: { world: World; call: Call<unknown>; run: (order: Order) => Answer }): Answer => {
  const { world, call, run } = work;
  const id = call.params["id"] ?? "";
  if (!orderIdPattern.test(id)) return orderRefusal("invalid_path_param", [`'${id}' - is not an order id`]);
  const order = currentOrder(world, id);
  return order === undefined || order.userId !== call.seller.userId ? orderRefusal("order_not_found") : run(order);
};

const searchOrders = (world: World, { seller, query }: Call<unknown>): Answer => {
  const [fromMs, toMs] = [query["begin_date"], query["end_date"]].map((date) => instantMs(date ?? ""));
  if (fromMs === undefined || toMs === undefined)
    return orderRefusal("required_properties", ["'begin_date' and 'end_date' - are required"]);
  const reference = query["external_reference"];
  const candidates =
    reference === undefined
      ? [...world.tables.orders.values()]
      : world.indexes.ordersByReference(`${seller.userId} ${reference}`);
  const found = candidates
    .map((order) => currentOrder(world, order.id) ?? order)
    .filter((order) => order.userId === seller.userId && order.createdMs >= fromMs && order.createdMs <= toMs)
    .filter((order) => query["status"] === undefined || order.status === query["status"])
    .filter((order) => query["status_detail"] === undefined || order.statusDetail === query["status_detail"])
    .filter((order) => query["type"] === undefined || order.type === query["type"])
    .sort((a, b) => (query["sort_order"] === "asc" ? a.createdMs - b.createdMs : b.createdMs - a.createdMs));
  const limit = Math.min(Math.max(Number(query["page_size"] ?? query["limit"] ?? 30) || 30, 1), 100);
  const page = Math.max(Number(query["page"] ?? 1) || 1, 1);
  const offset = Number(query["offset"] ?? (page - 1) * limit) || 0;
  return {
    status: 200,
    body: {
      data: found.slice(offset, offset + limit).map(presentOrder),
      paging: {
        total: String(found.length),
        total_pages: String(Math.ceil(found.length / limit)),
        offset: String(offset),
        limit: String(limit),
      },
    },
  };
};
