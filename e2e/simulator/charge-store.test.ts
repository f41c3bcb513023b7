import { describe } from "vitest";
import type { PaymentStore } from "../../services/payment/src/storage/charge-store.ts";
import { contractOfCharges } from "../../services/payment/test/stores/contract-of-charges.ts";
import { contractOfClaims } from "../../services/payment/test/stores/contract-of-claims.ts";
import { contractOfNotices } from "../../services/payment/test/stores/contract-of-notices.ts";
import { contractOfOutages } from "../../services/payment/test/stores/contract-of-outages.ts";
import { contractOfOutbox } from "../../services/payment/test/stores/contract-of-outbox.ts";
import { contractOfPointsOfSale } from "../../services/payment/test/stores/contract-of-points-of-sale.ts";
import { contractOfSequences } from "../../services/payment/test/stores/contract-of-sequences.ts";
import { type TestStore, useStore } from "../../services/payment/test/stores/store-harness.ts";
import { StoreAway } from "./engine/process.ts";
import { makeChargeStore } from "./stores/charge-store.ts";
import { makeChargeTables } from "./stores/charge-tables.ts";

// What the simulator proves, it proves on this store: so it is held to what PostgreSQL and MongoDB are held to. The
// form of documents on disk, the audit trail and the daily comparison are no part of a simulation.
describe("the simulated store of charges", () => {
  const opened = useStore({ open, form: "postgres" });
  contractOfCharges(opened);
  contractOfClaims(opened);
  contractOfOutbox(opened);
  contractOfNotices(opened);
  contractOfPointsOfSale(opened);
  contractOfSequences(opened);
  contractOfOutages(opened);
});

async function open(): Promise<TestStore> {
  const tables = makeChargeTables(Date.now);
  let isCut = false;
  const effect = async <Value>(what: string, run: () => Value): Promise<Value> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (isCut) throw new StoreAway(`${what} never arrived`);
    const value = run();
    await new Promise((resolve) => setImmediate(resolve));
    if (isCut) throw new StoreAway(`the answer to ${what} was lost`);
    return value;
  };
  const notSimulated = async (): Promise<never> => {
    throw new Error("it is not simulated");
  };
  const makeOne = (): PaymentStore => ({
    ...makeChargeStore({ tables, onCharge: () => undefined }, { effect }),
    requestKeys: { bind: notSimulated },
    trouble: {
      countUnsent: notSimulated,
      listUnsent: notSimulated,
      oldestUnsentAt: notSimulated,
      listUnsettledRefunds: notSimulated,
      listTroubled: notSimulated,
    },
    tallies: { add: notSimulated, list: notSimulated },
    upgrades: { pass: notSimulated, step: notSimulated, note: notSimulated },
    reconciliations: {
      request: notSimulated,
      claim: notSimulated,
      renew: notSimulated,
      settle: notSimulated,
      get: notSimulated,
      list: notSimulated,
    },
  });
  return {
    store: makeOne(),
    other: makeOne(),
    clear: async () => {
      for (const table of [tables.charges, tables.notices, tables.noticeKeys, tables.pointsOfSale]) table.clear();
    },
    cut: () => {
      isCut = true;
    },
    restore: async () => {
      isCut = false;
    },
    overwriteDocument: async (id, document) => {
      const row = tables.charges.get(id);
      if (row !== undefined) row.damaged = document;
    },
    readDocument: async (id) => tables.charges.get(id)?.charge,
    close: async () => undefined,
  };
}
