import type { Clock, Id } from "@comanda/primitives";
import type { PaymentService } from "../gateways/payment-service.ts";
import type { OrderStore } from "../storage/order-store.ts";
import type { Announce } from "./change-order.ts";

/** What the writes of orders need from outside. */
export type OrderingDeps = {
  readonly store: OrderStore;
  readonly clock: Clock;
  readonly newId: () => Id;
  readonly payments: PaymentService;
  readonly announce: Announce;
  readonly log: {
    readonly info: (record: object, message: string) => void;
    readonly warn: (record: object, message: string) => void;
    readonly error: (record: object, message: string) => void;
  };
};
