import type { Clock } from "@comanda/primitives";
import type { Kysely } from "kysely";
import type { PaymentService } from "../gateways/payment-service.ts";
import type { OrderTables } from "../storage/schema.ts";
import type { Announce } from "./change-order.ts";

/** What the writes of orders need from outside. */
export type OrderingDeps = {
  readonly db: Kysely<OrderTables>;
  readonly clock: Clock;
  readonly payments: PaymentService;
  readonly announce: Announce;
  readonly log: {
    readonly info: (record: object, message: string) => void;
    readonly warn: (record: object, message: string) => void;
    readonly error: (record: object, message: string) => void;
  };
};
