import type { Order, Charge as OrderCharge } from "../../../services/order/src/domain/order.ts";
import { descriptionOf, itemsOf } from "../../../services/order/src/domain/payment-events.ts";
import type { ChargeSnapshot } from "../../../services/order/src/domain/settle.ts";
import type { PaymentService } from "../../../services/order/src/gateways/payment-service.ts";
import { toChargeSnapshot } from "../../../services/order/src/use-cases/settle-order.ts";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { toSnapshot } from "../../../services/payment/src/domain/snapshot.ts";
import { cancelCharge } from "../../../services/payment/src/use-cases/cancel-charge.ts";
import { type ChargeWish, requestCharge } from "../../../services/payment/src/use-cases/request-charge.ts";
import type { Life } from "../engine/process.ts";
import { asJson } from "../stores/order-tables.ts";
import type { World } from "./world.ts";

const REQUEST_BUDGET_MS = 2_500;
const CLOSE_BUDGET_MS = 4_000;

/** The model of `createPaymentService` and of payment's three routes behind it: a wrong answer is no answer. */
export function makePaymentService(world: World, life: Life): PaymentService {
  const from = { party: "order" as const, life };
  const to = { party: "payment" as const, pick: () => world.payments().pick() };
  return {
    requestCharge: async (order, charge, traceparent) => {
      try {
        return await world.network.call(from, to, {
          what: "POST /payments/",
          budgetMs: REQUEST_BUDGET_MS,
          work: async ({ desk }) => {
            const requested = await requestCharge(desk, wishOf(order, charge), traceparent);
            return requested.ok ? shown(requested.value.charge, charge.paymentId) : null;
          },
        });
      } catch {
        return null;
      }
    },
    findTerminal: async (deviceId) => {
      try {
        return await world.network.call(from, to, {
          what: "GET /payments/points_of_sale/{id}",
          budgetMs: REQUEST_BUDGET_MS,
          work: async ({ desk: { store } }) => {
            const terminalId = (await store.pointsOfSale.get(deviceId))?.terminalId ?? null;
            if (terminalId === null) return "none";
            return { busyWith: (await store.getOpenAtTerminal(terminalId))?.orderId ?? null };
          },
        });
      } catch {
        return "no-answer";
      }
    },
    closeCharge: async (paymentId, traceparent) => {
      try {
        return await world.network.call(from, to, {
          what: "POST /payments/{id}/cancel",
          budgetMs: CLOSE_BUDGET_MS,
          work: async ({ desk }) => {
            const command = { reason: "asked for", refundIfPaid: false, traceparent };
            const cancelled = await cancelCharge(desk, paymentId, command);
            if (!cancelled.ok && cancelled.refusal.kind === "unknown-charge")
              return { kind: "unknown-charge" } as const;
            if (!cancelled.ok && cancelled.refusal.kind === "provider-away") return { kind: "no-answer" } as const;
            const present = cancelled.ok ? cancelled.value : await desk.store.get(paymentId);
            const snapshot = present === null ? null : shown(present, paymentId);
            return snapshot === null ? ({ kind: "no-answer" } as const) : ({ kind: "snapshot", snapshot } as const);
          },
        });
      } catch {
        return { kind: "no-answer" };
      }
    },
  };
}

/** What the answer says, as order reads it. */
function shown(charge: Charge, paymentId: string): ChargeSnapshot | null {
  return charge.id === paymentId ? toChargeSnapshot(toSnapshot(charge)) : null;
}

function wishOf(order: Order, charge: OrderCharge): ChargeWish {
  const wish: ChargeWish = {
    id: charge.paymentId,
    orderId: order.id,
    attempt: charge.attempt,
    customerId: order.customerId,
    deviceId: charge.deviceId,
    payer: null,
    amountCents: charge.amountCents,
    method: charge.method,
    description: descriptionOf(order.number),
    items: itemsOf(order).map(({ title, quantity, unit_price_cents }) => ({
      title,
      quantity,
      unitPriceCents: unit_price_cents,
    })),
    orderExpiresAt: null,
  };
  return { ...(asJson(wish) as ChargeWish), orderExpiresAt: order.expiresAt }; // it has been JSON on the wire
}
