import type { Sim } from "../engine/sim.ts";
import type { Bank } from "../provider/bank.ts";
import type { ChargeTables } from "../stores/charge-tables.ts";
import type { OrderTables } from "../stores/order-tables.ts";

/** Something that must never be, and was. */
export type Violation = { readonly rule: string; readonly what: string };

/** What guests and staff saw and wanted: the part of the history that no table of ours tells. */
export type History = {
  /** What each request with a key was answered with 201, whenever it was: the bodies. */
  readonly answered: Map<string, { readonly bodies: Set<string>; readonly orders: Set<string> }>;
  /** Charges for which a cashier held the money in hand. */
  readonly receipts: Set<string>;
  /** Failed refunds that people were told cannot be tried again: nothing of that money is left. */
  readonly givenUp: Set<string>;
  /** Events that payment wrote, in whatever charge. */
  readonly said: Set<string>;
  /** Events that left, by id: how often. */
  readonly published: Map<string, number>;
  /** How often each event's effect was written. */
  readonly taken: Map<string, number>;
};

/** What really is, to be held against what the services believe. */
export type Truth = {
  readonly sim: Sim;
  readonly bank: Bank;
  readonly orderTables: OrderTables;
  readonly chargeTables: ChargeTables;
};
