import { utcDate } from "../domain/dates.ts";
import type { PhysicalStore, PointOfSale } from "../domain/point-of-sale.ts";
import type { Answer } from "../idempotency.ts";
import type { Seller } from "../sellers.ts";
import { createPointOfSale } from "../use-cases/create-point-of-sale.ts";
import type { World } from "../world.ts";
import { posSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { qrPngBase64 } from "./qr-png.ts";
import { classicRefusal } from "./refusals.ts";

type PosInput = {
  name: string;
  store_id?: number | string;
  external_store_id?: string;
  external_id?: string;
  fixed_amount?: boolean;
  category?: number | null;
};

/** Tills ("caixas") of a store, in the old form `/pos` and the newer `/v2/pos`. */
export const addPointsOfSale = (add: AddOperation, world: World): void => {
  for (const url of ["/pos", "/v2/pos"]) {
    const present = url === "/pos" ? presentPos : presentPosV2;
    add<PosInput>({
      method: "POST",
      url,
      family: "classic",
      key: url === "/pos" ? "optional" : "required",
      body: posSchema,
      run: (call) => create(world, { call, present }),
    });
    add({
      method: "GET",
      url,
      family: "classic",
      run: ({ seller, query }) => {
        const found = [...world.tables.pointsOfSale.values()]
          .filter((pos) => pos.userId === seller.userId)
          .filter((pos) => query["external_id"] === undefined || pos.externalId === query["external_id"])
          .filter((pos) => query["store_id"] === undefined || String(pos.storeId) === query["store_id"]);
        const { rows, limit, offset } = pageOf(found, query);
        const results = rows.map((pos) => present(world, pos));
        return { status: 200, body: { paging: { total: found.length, limit, offset }, results } };
      },
    });
    add({
      method: "GET",
      url: `${url}/:id`,
      family: "classic",
      run: ({ seller, params }) => {
        const pos = world.tables.pointsOfSale.get(params["id"] ?? "");
        if (pos?.userId !== seller.userId)
          return classicRefusal({ status: 404, error: "pos_not_found", message: "Point of sale not found" });
        return { status: 200, body: present(world, pos) };
      },
    });
  }
};

type Present = (world: World, pos: PointOfSale) => object;

const create = (world: World, work: { call: Call<PosInput>; present: Present }): Answer => {
  const { seller, body } = work.call;
  const { name, external_id: externalId, fixed_amount: isFixed, category } = body;
  const store = storeOf(world, { seller, body });
  if (store === undefined) return classicRefusal({ status: 404, error: "store_not_found", message: "Store not found" });
  if (externalId !== undefined && world.indexes.posByExternalId(`${seller.userId} ${externalId}`).length > 0)
    return classicRefusal({
      status: 409,
      error: "pos_already_exists",
      message: "Point of sale with this external_id already exists",
    });
  const pos = createPointOfSale(world, {
    store,
    name,
    externalId: externalId ?? null,
    content: { fixed_amount: isFixed ?? true, category: category ?? null },
  });
  return { status: 201, body: work.present(world, pos) };
};

const storeOf = (world: World, { seller, body }: { seller: Seller; body: PosInput }): PhysicalStore | undefined => {
  const store =
    body.store_id !== undefined
      ? world.tables.stores.get(String(body.store_id))
      : world.indexes.storesByExternalId(`${seller.userId} ${body.external_store_id ?? ""}`)[0];
  return store?.userId === seller.userId ? store : undefined;
};

const presentPos = (world: World, pos: PointOfSale) => ({
  id: pos.id,
  qr: {
    image: `data:image/png;base64,${qrPngBase64(pos.qrData)}`,
    template_document: `${world.publicUrl()}/?code=${encodeURIComponent(pos.qrData)}`,
    template_image: `data:image/png;base64,${qrPngBase64(pos.qrData)}`,
  },
  qr_code: pos.qrData,
  status: "active",
  date_created: utcDate(pos.createdMs),
  date_last_updated: utcDate(pos.updatedMs),
  uuid: pos.uuid,
  user_id: Number(pos.userId),
  name: pos.name,
  fixed_amount: pos.content["fixed_amount"] ?? true,
  category: pos.content["category"] ?? null,
  store_id: String(pos.storeId),
  external_store_id: world.tables.stores.get(String(pos.storeId))?.externalId ?? null,
  external_id: pos.externalId,
});

const presentPosV2 = (world: World, pos: PointOfSale) => {
  const { qr, ...rest } = presentPos(world, pos);
  return { ...rest, qr_response: qr, config: { qr: { operating_mode: "static" } } };
};
