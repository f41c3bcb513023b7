import type { Clock } from "./clock.ts";
import type { CardToken } from "./domain/card.ts";
import type { Chargeback } from "./domain/chargeback.ts";
import type { Customer, SavedCard } from "./domain/customer.ts";
import type { MerchantOrder } from "./domain/merchant-order.ts";
import { isPayableByPhone, type Order } from "./domain/order.ts";
import type { Payment } from "./domain/payment.ts";
import type { PhysicalStore, PointOfSale } from "./domain/point-of-sale.ts";
import type { Preference } from "./domain/preference.ts";
import type { Terminal } from "./domain/terminal.ts";
import type { Faults } from "./faults.ts";
import type { IdSettings, Ids } from "./ids.ts";
import type { Sellers } from "./sellers.ts";
import { indexBy } from "./storage/indexes.ts";
import type { Store } from "./storage/store.ts";
import type { StoredAnswer } from "./stored-answer.ts";
import type { Notification } from "./webhooks/notification.ts";

/** Everything the sandbox knows, and the few things it needs to act: handed to every operation. */
export type World = {
  store: Store;
  clock: Clock;
  ids: Ids;
  faults: Faults;
  sellers: Sellers;
  tables: Tables;
  indexes: Indexes;
  /** Base address of this sandbox, as links given to buyers must show it. */
  publicUrl: () => string;
  /** Tells a seller that something changed; set by the webhooks when they are wired. */
  notify: (notification: Notification) => void;
};

/** The tables of the sandbox. Numeric ids are keyed by their decimal text. */
export type Tables = ReturnType<typeof makeTables>;

/** Ways to find a row without reading a whole table. */
export type Indexes = ReturnType<typeof makeIndexes>;

/** Declares the tables of a store; `settings` and `clock` are the sandbox's own memory. */
export const makeTables = (store: Store) => ({
  idSettings: store.table<IdSettings>("ids"),
  clockSettings: store.table<{ offsetMs: number }>("clock"),
  stores: store.table<PhysicalStore>("store"),
  pointsOfSale: store.table<PointOfSale>("pos"),
  terminals: store.table<Terminal>("terminal"),
  orders: store.table<Order>("order"),
  preferences: store.table<Preference>("preference"),
  payments: store.table<Payment>("payment"),
  chargebacks: store.table<Chargeback>("chargeback"),
  cardTokens: store.table<CardToken>("card_token"),
  cards: store.table<SavedCard>("card"),
  customers: store.table<Customer>("customer"),
  merchantOrders: store.table<MerchantOrder>("merchant_order"),
  answers: store.table<StoredAnswer>("idempotency"),
  notifications: store.table<Notification>("notification"),
});

const present = (...keys: (string | number | null | undefined)[]) =>
  keys.flatMap((key) => (key === null || key === undefined ? [] : [String(key)]));

/** Declares the indexes; must run before the store is opened, since replay fills them. */
export const makeIndexes = (tables: Tables) => ({
  ordersByReference: indexBy(tables.orders, (order) => [`${order.userId} ${order.externalReference}`]),
  ordersByQr: indexBy(tables.orders, (order) => present(order.qrData)),
  ordersByPaymentNumber: indexBy(tables.orders, (order) => present(order.paid?.referenceId)),
  openOrders: indexBy(tables.orders, (order) => (isPayableByPhone(order) ? ["open"] : [])),
  openOrdersByPos: indexBy(tables.orders, (order) =>
    order.type === "qr" && order.status === "created" && order.mode !== "dynamic" ? [String(order.pos.id)] : [],
  ),
  openOrdersByTerminal: indexBy(tables.orders, (order) =>
    order.type === "point" && (order.status === "created" || order.status === "at_terminal") ? [order.terminalId] : [],
  ),
  terminalsBySeller: indexBy(tables.terminals, (terminal) => [terminal.userId]),
  terminalsByPos: indexBy(tables.terminals, (terminal) => [String(terminal.till.id)]),
  paymentsByReference: indexBy(tables.payments, (payment) =>
    payment.externalReference === null ? [] : [`${payment.userId} ${payment.externalReference}`],
  ),
  paymentsByQr: indexBy(tables.payments, (payment) => present(payment.qrCode)),
  paymentsByPreference: indexBy(tables.payments, (payment) => present(payment.preferenceId)),
  openPayments: indexBy(tables.payments, (payment) => (payment.status === "pending" ? ["open"] : [])),
  chargebacksByTarget: indexBy(tables.chargebacks, (chargeback) => [chargeback.target]),
  chargebacksByPayment: indexBy(tables.chargebacks, ({ userId, paymentNumber }) => [`${userId} ${paymentNumber}`]),
  chargebacksBySeller: indexBy(tables.chargebacks, (chargeback) => [chargeback.userId]),
  cardsByCustomer: indexBy(tables.cards, (card) => [card.customerId]),
  customersByEmail: indexBy(tables.customers, ({ userId, email }) => [`${userId} ${email.toLowerCase()}`]),
  customersBySeller: indexBy(tables.customers, (customer) => [customer.userId]),
  preferencesByReference: indexBy(tables.preferences, (preference) =>
    typeof preference.content["external_reference"] === "string"
      ? [`${preference.userId} ${preference.content["external_reference"]}`]
      : [],
  ),
  openPreferences: indexBy(tables.preferences, (preference) => (preference.paidMs === null ? ["open"] : [])),
  merchantOrdersByReference: indexBy(tables.merchantOrders, (order) =>
    order.externalReference === null ? [] : [`${order.userId} ${order.externalReference}`],
  ),
  merchantOrdersByPreference: indexBy(tables.merchantOrders, (order) => present(order.preferenceId)),
  storesByExternalId: indexBy(tables.stores, (store) => present(store.externalId).map((id) => `${store.userId} ${id}`)),
  posByExternalId: indexBy(tables.pointsOfSale, (pos) => present(pos.externalId).map((id) => `${pos.userId} ${id}`)),
  posByQr: indexBy(tables.pointsOfSale, (pos) => [pos.qrData]),
});
