import type { Collection } from "mongodb";
import type { PointOfSale } from "../domain/point-of-sale.ts";
import type { PointOfSaleStore } from "./charge-store.ts";

/** A point of sale as a document of the collection `points_of_sale`; the device is its `_id`. */
export type PointOfSaleRecord = Omit<PointOfSale, "deviceId"> & { readonly _id: string };

/** What stands beside the devices, in the collection `points_of_sale`: a handful, found by their `_id`. */
export function createMongoPointOfSaleStore(pointsOfSale: Collection<PointOfSaleRecord>): PointOfSaleStore {
  return {
    get: async (deviceId) => {
      const record = await pointsOfSale.findOne({ _id: deviceId.toLowerCase() });
      return record === null ? null : pointOfSaleOf(record);
    },
    list: async () => (await pointsOfSale.find().sort({ _id: 1 }).toArray()).map(pointOfSaleOf),
    put: async ({ deviceId, ...kept }) => {
      const _id = deviceId.toLowerCase();
      if (kept.externalPosId === null && kept.terminalId === null) await pointsOfSale.deleteOne({ _id });
      else await pointsOfSale.replaceOne({ _id }, kept, { upsert: true });
    },
  };
}

function pointOfSaleOf({ _id, externalPosId, terminalId, updatedAt }: PointOfSaleRecord): PointOfSale {
  return { deviceId: _id, externalPosId, terminalId, updatedAt };
}
