import { writeBrCode } from "../domain/br-code.ts";
import type { PhysicalStore, PointOfSale } from "../domain/point-of-sale.ts";
import type { JsonObject } from "../json.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { qrHost } from "./create-order.ts";

/** Opens a store of a seller. */
export const createStore = (
  world: World,
  request: { seller: Seller; name: string; externalId: string | null; content: JsonObject },
): PhysicalStore => {
  const { seller, ...given } = request;
  const store: PhysicalStore = {
    id: world.ids.number(),
    userId: seller.userId,
    ...given,
    createdMs: world.clock.now(),
  };
  world.tables.stores.put(String(store.id), store);
  return store;
};

/** Opens a till of a store, with its printed code. */
export const createPointOfSale = (
  world: World,
  request: { store: PhysicalStore; name: string; externalId: string | null; content: JsonObject },
): PointOfSale => {
  const { store, ...given } = request;
  const uuid = world.ids.uuid();
  const nowMs = world.clock.now();
  const pos: PointOfSale = {
    id: world.ids.number(),
    uuid,
    userId: store.userId,
    storeId: store.id,
    ...given,
    qrData: writeBrCode({
      merchantName: `SIMULADOR ${store.name}`,
      city: "SAO PAULO",
      amountCents: null,
      target: { kind: "dynamic", url: `${qrHost}/instore/p/v2/${uuid}` },
    }),
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  world.tables.pointsOfSale.put(String(pos.id), pos);
  return pos;
};

/** Makes sure the seller's first till exists, so that orders work at once. */
export const seedPointOfSale = (world: World, given: { seller: Seller; externalPosId: string }): void => {
  const { seller, externalPosId } = given;
  if (world.indexes.posByExternalId(`${seller.userId} ${externalPosId}`).length > 0) return;
  const externalStoreId = "COMANDALOJA";
  const [known] = world.indexes.storesByExternalId(`${seller.userId} ${externalStoreId}`);
  const location = {
    street_name: "Rua do Simulador",
    street_number: "100",
    city_name: "São Paulo",
    state_name: "São Paulo",
    latitude: -23.55,
    longitude: -46.63,
    reference: "",
  };
  const store =
    known ??
    createStore(world, { seller, name: "Lanchonete Teste", externalId: externalStoreId, content: { location } });
  createPointOfSale(world, { store, name: "Totem 1", externalId: externalPosId, content: { category: 621102 } });
};
