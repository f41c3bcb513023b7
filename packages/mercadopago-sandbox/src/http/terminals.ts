import type { PaidWith, PointOrder } from "../domain/order.ts";
import type { Terminal } from "../domain/terminal.ts";
import type { Answer } from "../idempotency.ts";
import { refundOrder } from "../use-cases/refund-order.ts";
import { simulateTerminal } from "../use-cases/terminal-acts.ts";
import { setUpTerminals } from "../use-cases/terminals.ts";
import type { World } from "../world.ts";
import { terminalSetupSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { orderEventSchema } from "./order-schemas.ts";
import { withOrder } from "./orders.ts";
import { pageOf } from "./paging.ts";
import { classicRefusal, orderRefusal } from "./refusals.ts";

type Setup = { terminals: { id: string; operating_mode: Terminal["operatingMode"] }[] };

type EventInput = {
  status: "processed" | "failed" | "refunded" | "canceled" | "expired" | "action_required";
  payment_method_type?: keyof typeof methodOfType;
  payment_method_id?: string;
  installments?: number | string;
  status_detail?: string;
};

/** Card machines: list, set up, and the documented simulation of what happens at one. */
export const addTerminals = (add: AddOperation, world: World): void => {
  add({ method: "GET", url: "/terminals/v1/list", family: "classic", run: (call) => list(world, call) });
  add<Setup>({
    method: "PATCH",
    url: "/terminals/v1/setup",
    family: "classic",
    key: "optional",
    body: terminalSetupSchema,
    run: ({ seller, body }) => {
      const decision = setUpTerminals(world, { seller, changes: body.terminals });
      if (decision.ok)
        return {
          status: 200,
          body: { terminals: decision.value.map(({ id, operatingMode }) => ({ id, operating_mode: operatingMode })) },
        };
      const isUnknown = decision.code === "terminal_not_found";
      return classicRefusal({
        status: isUnknown ? 404 : 412,
        error: decision.code,
        message: isUnknown ? "Terminal not found" : "The point of sale already has a terminal in PDV mode",
      });
    },
  });
  add<EventInput>({
    method: "POST",
    url: "/v1/orders/:id/events",
    family: "orders",
    key: "optional",
    body: orderEventSchema,
    run: (call) =>
      withOrder({
        world,
        call,
        run: (order) =>
          order.type === "point"
            ? simulate(world, { order, input: call.body })
            : orderRefusal("invalid_order_type", ["events are of orders of type point"]),
      }),
  });
};

const list = (world: World, { seller, query }: Call<undefined>): Answer => {
  const found = world.indexes
    .terminalsBySeller(seller.userId)
    .filter(({ till }) => query["store_id"] === undefined || String(till.storeId) === query["store_id"])
    .filter(({ till }) => query["pos_id"] === undefined || String(till.id) === query["pos_id"]);
  const { rows, limit, offset } = pageOf(found, query);
  const terminals = rows.map(({ id, till, operatingMode }) => ({
    id,
    pos_id: till.id,
    store_id: String(till.storeId),
    external_pos_id: till.externalId,
    operating_mode: operatingMode,
  }));
  return { status: 200, body: { data: { terminals }, paging: { total: found.length, limit, offset } } };
};

const methodOfType = { credit_card: "master", debit_card: "debmaster", voucher_card: "alelo", qr: "account_money" };

/** How a card paid, by the words of the simulation; a code on the machine's screen is paid from the wallet. */
export const paidWithOf = (input: {
  type?: keyof typeof methodOfType | undefined;
  id?: string | undefined;
  installments?: number | string | undefined;
}): PaidWith => {
  const type = input.type ?? "credit_card";
  return {
    methodId: input.id ?? methodOfType[type],
    methodType: type === "qr" ? "account_money" : type,
    installments: Number(input.installments ?? 1) || 1,
  };
};

const details = {
  processed: "accredited",
  failed: "failed",
  canceled: "canceled_on_terminal",
  expired: "expired",
  action_required: "check_on_terminal",
} as const;

const simulate = (world: World, { order, input }: { order: PointOrder; input: EventInput }): Answer => {
  const { status } = input;
  if (status === "refunded") {
    const refund = refundOrder(world, { order });
    return refund.ok ? { status: 204, body: undefined } : orderRefusal(refund.code, refund.details);
  }
  const decision = simulateTerminal(world, {
    order,
    event: {
      status,
      detail: status === "failed" ? (input.status_detail ?? details.failed) : details[status],
      paidWith: paidWithOf({
        type: input.payment_method_type,
        id: input.payment_method_id,
        installments: input.installments,
      }),
    },
  });
  return decision.ok ? { status: 204, body: undefined } : orderRefusal(decision.code);
};
