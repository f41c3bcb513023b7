import { utcDate } from "../domain/dates.ts";
import type { PhysicalStore } from "../domain/point-of-sale.ts";
import type { Answer } from "../idempotency.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { createStore } from "../use-cases/create-point-of-sale.ts";
import type { World } from "../world.ts";
import { storeSchema, storeUpdateSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { pageOf } from "./paging.ts";
import { classicRefusal } from "./refusals.ts";

type StoreInput = JsonObject & { name?: string; external_id?: string };

/** Physical stores of a seller. */
export const addStores = (add: AddOperation, world: World): void => {
  add<StoreInput & { name: string }>({
    method: "POST",
    url: "/users/:userId/stores",
    family: "classic",
    key: "optional",
    body: storeSchema,
    run: (call) => create(world, call),
  });
  add({ method: "GET", url: "/users/:userId/stores/search", family: "classic", run: (call) => search(world, call) });
  for (const url of ["/stores/:id", "/users/:userId/stores/:id"]) {
    add({
      method: "GET",
      url,
      family: "classic",
      run: (call) => {
        const store = ownStore(world, call);
        return store === undefined ? notFound() : { status: 200, body: presentStore(store) };
      },
    });
  }
  add<StoreInput>({
    method: "PUT",
    url: "/users/:userId/stores/:id",
    family: "classic",
    key: "optional",
    body: storeUpdateSchema,
    run: (call) => update(world, call),
  });
  add({
    method: "DELETE",
    url: "/users/:userId/stores/:id",
    family: "classic",
    run: (call) => {
      const store = ownStore(world, call);
      if (store === undefined) return notFound();
      world.tables.stores.remove(String(store.id));
      return { status: 200, body: {} };
    },
  });
};

const isOwnUser = ({ params, seller }: Call<unknown>) => [undefined, seller.userId].includes(params["userId"]);

const ownStore = (world: World, call: Call<unknown>): PhysicalStore | undefined => {
  const store = world.tables.stores.get(call.params["id"] ?? "");
  return isOwnUser(call) && store?.userId === call.seller.userId ? store : undefined;
};

const create = (world: World, call: Call<StoreInput & { name: string }>): Answer => {
  if (!isOwnUser(call)) return forbidden();
  const { name, external_id: externalId, ...content } = call.body;
  const { seller } = call;
  if (externalId !== undefined && world.indexes.storesByExternalId(`${seller.userId} ${externalId}`).length > 0)
    return classicRefusal({ status: 400, error: "validation_error", message: "external_id is already in use" });
  const store = createStore(world, { seller, name, externalId: externalId ?? null, content });
  return { status: 201, body: presentStore(store) };
};

const update = (world: World, call: Call<StoreInput>): Answer => {
  const store = ownStore(world, call);
  if (store === undefined) return notFound();
  const { name, external_id: externalId, ...content } = call.body;
  const next = {
    ...store,
    name: name ?? store.name,
    externalId: externalId ?? store.externalId,
    content: { ...store.content, ...content },
  };
  world.tables.stores.put(String(store.id), next);
  return { status: 200, body: presentStore(next) };
};

const search = (world: World, call: Call<undefined>): Answer => {
  if (!isOwnUser(call)) return forbidden();
  const externalId = call.query["external_id"];
  const found = [...world.tables.stores.values()]
    .filter((store) => store.userId === call.seller.userId)
    .filter((store) => externalId === undefined || store.externalId === externalId);
  const { rows, limit, offset } = pageOf(found, call.query);
  return { status: 200, body: { paging: { total: found.length, limit, offset }, results: rows.map(presentStore) } };
};

const presentStore = (store: PhysicalStore) => {
  const location = isJsonObject(store.content["location"]) ? store.content["location"] : {};
  const address = [location["street_name"], location["street_number"], location["city_name"], location["state_name"]];
  return {
    id: store.id,
    name: store.name,
    date_created: utcDate(store.createdMs),
    business_hours: store.content["business_hours"] ?? {},
    location: { address_line: address.filter((part) => typeof part === "string").join(", "), ...location },
    external_id: store.externalId,
  };
};

const notFound = () => classicRefusal({ status: 404, error: "store_not_found", message: "Store not found" });
const forbidden = () =>
  classicRefusal({ status: 403, error: "forbidden", message: "The token does not belong to this user" });
