import type { Customer } from "../domain/customer.ts";
import { offsetDate } from "../domain/dates.ts";
import type { Answer } from "../idempotency.ts";
import type { JsonObject } from "../json.ts";
import type { World } from "../world.ts";
import { customerSchema, customerUpdateSchema } from "./classic-schemas.ts";
import type { AddOperation, Call } from "./operation.ts";
import { customerNotFound, ownCustomer } from "./own-customer.ts";
import { pageOf } from "./paging.ts";
import { badRequest } from "./payments.ts";
import { presentSavedCard } from "./present-card.ts";

/** Customers a seller keeps: create, read, change, remove, search. */
export const addCustomers = (add: AddOperation, world: World): void => {
  add<JsonObject & { email: string }>({
    method: "POST",
    url: "/v1/customers",
    family: "classic",
    key: "optional",
    body: customerSchema,
    run: (call) => create(world, call),
  });
  add({ method: "GET", url: "/v1/customers/search", family: "classic", run: (call) => search(world, call) });
  const one = (call: Call<unknown>, run: (customer: Customer) => Answer) => {
    const customer = ownCustomer(world, call);
    return customer === undefined ? customerNotFound() : run(customer);
  };
  add({
    method: "GET",
    url: "/v1/customers/:id",
    family: "classic",
    run: (call) => one(call, (customer) => ({ status: 200, body: present(world, { customer }) })),
  });
  add<JsonObject>({
    method: "PUT",
    url: "/v1/customers/:id",
    family: "classic",
    key: "optional",
    body: customerUpdateSchema,
    run: (call) =>
      one(call, (customer) => {
        const { email: _kept, ...change } = call.body;
        const content = { ...customer.content, ...change };
        const changed = { ...customer, content, updatedMs: world.clock.now() };
        world.tables.customers.put(changed.id, changed);
        return { status: 200, body: present(world, { customer: changed }) };
      }),
  });
  add({
    method: "DELETE",
    url: "/v1/customers/:id",
    family: "classic",
    run: (call) =>
      one(call, (customer) => {
        const body = present(world, { customer, status: "deactive" });
        for (const card of world.indexes.cardsByCustomer(customer.id)) world.tables.cards.remove(card.id);
        world.tables.customers.remove(customer.id);
        return { status: 200, body };
      }),
  });
};

const create = (world: World, { seller, body }: Call<JsonObject & { email: string }>): Answer => {
  if (world.indexes.customersByEmail(`${seller.userId} ${body.email.toLowerCase()}`).length > 0)
    return badRequest({ code: 101, message: "the customer already exist" });
  const nowMs = world.clock.now();
  const { email, ...content } = body;
  const id = `${seller.userId}-${world.ids.uuid().replaceAll("-", "").slice(0, 14)}`;
  const customer: Customer = { id, userId: seller.userId, email, content, createdMs: nowMs, updatedMs: nowMs };
  world.tables.customers.put(id, customer);
  return { status: 201, body: present(world, { customer }) };
};

const search = (world: World, { seller, query }: Call<undefined>): Answer => {
  const email = query["email"];
  const found =
    email === undefined
      ? world.indexes.customersBySeller(seller.userId)
      : world.indexes.customersByEmail(`${seller.userId} ${email.toLowerCase()}`);
  const { rows, limit, offset } = pageOf(found.toReversed(), query);
  const results = rows.map((customer) => present(world, { customer }));
  return { status: 200, body: { paging: { total: found.length, limit, offset }, results } };
};

const blank = {
  first_name: null,
  last_name: null,
  phone: { area_code: null, number: null },
  identification: { type: null, number: null },
  address: { id: null, zip_code: null, street_name: null, street_number: null },
  default_address: null,
  default_card: null,
  date_registered: null,
  description: null,
};

const present = (world: World, { customer, status = "active" }: { customer: Customer; status?: string }) => ({
  ...blank,
  ...customer.content,
  id: customer.id,
  email: customer.email,
  date_created: offsetDate(customer.createdMs),
  date_last_updated: offsetDate(customer.updatedMs),
  metadata: customer.content["metadata"] ?? {},
  cards: world.indexes.cardsByCustomer(customer.id).map(presentSavedCard),
  addresses: [],
  user_id: Number(customer.userId),
  merchant_id: Number(customer.userId),
  client_id: Number(world.sellers.byUserId(customer.userId)?.applicationId ?? 0),
  status,
  live_mode: false,
});
