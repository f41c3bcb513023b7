import type { OutboxStore, Transport } from "@comanda/messaging";
import type { Id } from "@comanda/primitives";
import type { Catalogue } from "../../../services/order/src/domain/catalogue.ts";
import type { Viewer } from "../../../services/order/src/domain/visibility.ts";
import type { PaymentService } from "../../../services/order/src/gateways/payment-service.ts";
import type { OrderStore } from "../../../services/order/src/storage/order-store.ts";
import type { PaymentProvider } from "../../../services/payment/src/gateways/payment-provider.ts";
import type { ChargeStore } from "../../../services/payment/src/storage/charge-store.ts";
import type { IncomingNotice } from "../../../services/payment/src/use-cases/receive-notice.ts";
import type { Watch } from "../checks/watch.ts";
import type { Life } from "../engine/process.ts";
import type { Sim } from "../engine/sim.ts";
import type { Bank } from "../provider/bank.ts";
import type { KeyMemory, KeyOf } from "../provider/port.ts";
import type { ChargeTables } from "../stores/charge-tables.ts";
import type { Locks } from "../stores/order-store.ts";
import type { OrderTables } from "../stores/order-tables.ts";
import type { Group } from "./group.ts";
import type { Network } from "./network.ts";
import type { OrderServer, PaymentServer, Receive } from "./servers.ts";

/** How a simulated shop is set up; drawn from the seed. */
export type Setting = {
  readonly orderServers: number;
  readonly paymentServers: number;
  readonly orderLivesS: number;
  readonly qrLivesS: number;
  readonly guests: number;
  /** How long things may go wrong, in ms. */
  readonly stormMs: number;
  readonly relayPauseMs: number;
  /** The shop's totems that have a card terminal beside them, and which; none in half of the shops. */
  readonly totems: readonly { readonly deviceId: Id; readonly terminalId: string }[];
};

/**
 * Where a bug can be planted: every port of the real code can be wrapped. Production code has no switch for any of it;
 * what is not said here is as it is.
 */
export type Planted = {
  readonly name: string;
  /** What somebody might have written. */
  readonly about: string;
  readonly orderStore?: (store: OrderStore, world: World, life: Life) => OrderStore;
  readonly orderOutbox?: (outbox: OutboxStore, world: World) => OutboxStore;
  readonly chargeStore?: (store: ChargeStore, world: World, life: Life) => ChargeStore;
  readonly provider?: (provider: PaymentProvider, world: World, life: Life) => PaymentProvider;
  readonly payments?: (payments: PaymentService, world: World, life: Life) => PaymentService;
  readonly keyOf?: (house: KeyOf, world: World) => KeyOf;
  readonly transport?: (transport: Transport, world: World, from: "order" | "payment", life: Life) => Transport;
  readonly receive?: (receive: Receive, world: World, at: "order" | "payment", life: Life) => Receive;
  /** Called instead of the real reception of a notice. */
  readonly notice?: (world: World, server: PaymentServer, incoming: IncomingNotice) => Promise<void>;
  readonly viewer?: (viewer: Viewer) => Viewer;
  /** Background work that is not done. */
  readonly without?: readonly ("checks" | "expiry" | "notices")[];
};

export type World = {
  readonly sim: Sim;
  readonly setting: Setting;
  readonly planted: Planted | null;
  readonly network: Network;
  readonly catalogue: Catalogue;
  readonly orderTables: OrderTables;
  readonly locks: Locks;
  readonly chargeTables: ChargeTables;
  readonly bank: Bank;
  readonly keys: KeyMemory;
  readonly watch: Watch;
  readonly orders: () => Group<OrderServer>;
  readonly payments: () => Group<PaymentServer>;
  /** Staff is at work; the manager stays until everything has come to its end. */
  readonly isOpen: () => boolean;
  readonly isOver: () => boolean;
  /** A person does something that may have to be followed up, or a notice comes in: now, or `afterMs` from now. */
  readonly acted: (afterMs: number) => void;
  /** Called when something was written that background work may be waiting for. */
  readonly poke: () => void;
};
