import type { Customer } from "../domain/customer.ts";
import type { Answer } from "../idempotency.ts";
import type { World } from "../world.ts";
import type { Call } from "./operation.ts";
import { classicRefusal } from "./refusals.ts";

/** The customer a path names; another seller's looks like none at all. */
export const ownCustomer = (world: World, call: Call<unknown>): Customer | undefined => {
  const customer = world.tables.customers.get(call.params["id"] ?? "");
  return customer?.userId === call.seller.userId ? customer : undefined;
};

/** No such customer. */
export const customerNotFound = (): Answer =>
  classicRefusal({
    status: 404,
    error: "not_found",
    message: "Customer not found",
    cause: [{ code: 2002, description: "Customer not found" }],
  });
