import type { OnlineOrder } from "../domain/order.ts";
import type { Answer } from "../idempotency.ts";
import {
  captureOnlineOrder,
  editTransaction,
  processOrder,
  type TransactionInput,
} from "../use-cases/online-orders.ts";
import type { World } from "../world.ts";
import { answerProcessed } from "./answer-processed.ts";
import type { AddOperation, Call } from "./operation.ts";
import { transactionsSchema, transactionUpdateSchema } from "./order-schemas.ts";
import { withOrder } from "./orders.ts";
import { presentMethod, presentOrder } from "./present-order.ts";
import { orderRefusal } from "./refusals.ts";

/** What only online orders have: process, capture, and editing the payment of a manual one. */
export const addOnlineOrders = (add: AddOperation, world: World): void => {
  const online = (call: Call<unknown>, run: (order: OnlineOrder) => Answer) =>
    withOrder({
      world,
      call,
      run: (order) => (order.type === "online" ? run(order) : orderRefusal("invalid_order_type")),
    });
  const editable = (call: Call<unknown>, run: (order: OnlineOrder) => Answer) =>
    online(call, (order) =>
      order.processingMode === "manual" && order.status === "created"
        ? run(order)
        : orderRefusal("invalid_order_mode_for_operation"),
    );
  const post = { method: "POST", family: "orders", key: "required" } as const;
  add({
    ...post,
    url: "/v1/orders/:id/process",
    run: (call) =>
      editable(call, (order) => {
        const decision = processOrder(world, order);
        return decision.ok ? answerProcessed(decision.value, 200) : orderRefusal(decision.code);
      }),
  });
  add({
    ...post,
    url: "/v1/orders/:id/capture",
    run: (call) =>
      online(call, (order) => {
        const decision = captureOnlineOrder(world, order);
        return decision.ok ? { status: 200, body: presentOrder(decision.value) } : orderRefusal(decision.code);
      }),
  });
  add<{ payments: [TransactionInput] }>({
    ...post,
    url: "/v1/orders/:id/transactions",
    body: transactionsSchema,
    run: (call) =>
      editable(call, (order) => {
        if (order.method !== null) return orderRefusal("exceeded_number_of_transactions");
        const edited = editTransaction(world, { order, change: call.body.payments[0] });
        return { status: 201, body: { payments: [presentPlanned(edited)] } };
      }),
  });
  const one = (call: Call<unknown>, run: (order: OnlineOrder) => Answer) =>
    editable(call, (order) =>
      order.method === null || order.paymentId !== call.params["transactionId"]
        ? orderRefusal("transaction_not_found")
        : run(order),
    );
  add<Partial<TransactionInput>>({
    method: "PUT",
    url: "/v1/orders/:id/transactions/:transactionId",
    family: "orders",
    key: "optional",
    body: transactionUpdateSchema,
    run: (call) =>
      one(call, (order) => ({
        status: 200,
        body: presentPlanned(editTransaction(world, { order, change: call.body })),
      })),
  });
  add({
    method: "DELETE",
    url: "/v1/orders/:id/transactions/:transactionId",
    family: "orders",
    key: "optional",
    run: (call) =>
      one(call, (order) => {
        editTransaction(world, { order, change: null });
        return { status: 204, body: undefined };
      }),
  });
};

const presentPlanned = (order: OnlineOrder) => {
  const shown = presentOrder(order);
  return { id: order.paymentId, amount: shown["total_amount"], payment_method: presentMethod(order) };
};
