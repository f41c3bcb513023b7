import type { OrderStore } from "../../../services/order/src/storage/order-store.ts";
import type { OrderingDeps } from "../../../services/order/src/use-cases/ordering-deps.ts";
import type { PlaceOrder } from "../../../services/order/src/use-cases/place-order.ts";
import type { ChargeDesk } from "../../../services/payment/src/use-cases/charge-desk.ts";
import type { IncomingNotice, NoticeOutcome } from "../../../services/payment/src/use-cases/receive-notice.ts";
import type { Life } from "../engine/process.ts";

/** Takes in events as the other service's relay delivers them. */
export type Receive = (
  batch: readonly unknown[],
  producer: string,
) => Promise<readonly { readonly id: string; readonly outcome: string; readonly reason?: string }[]>;

/** One process of the order service: its own use-cases on a simulated outside. */
export type OrderServer = {
  readonly life: Life;
  readonly deps: OrderingDeps;
  readonly store: OrderStore;
  readonly placeOrder: PlaceOrder;
  readonly receive: Receive;
  readonly poke: () => void;
};

/** One process of the payment service: its own use-cases on a simulated outside. */
export type PaymentServer = {
  readonly life: Life;
  readonly desk: ChargeDesk;
  readonly receive: Receive;
  readonly receiveNotice: (incoming: IncomingNotice) => Promise<NoticeOutcome>;
  readonly poke: () => void;
};
