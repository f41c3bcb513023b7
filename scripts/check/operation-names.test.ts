import { describe, expect, it } from "vitest";
import { checkOperationNames, faultsOfNames } from "./operation-names.ts";

const file = "services/order/src/http/place-order.ts";

// A guard that has never failed is no guard.
describe("the names of operations", () => {
  it("when a route is named as its file, then nothing is said; when not, or in another spelling, then it is", () => {
    expect(faultsOfNames(file, ["place-order"])).toEqual([]);
    expect(faultsOfNames(file, ["order-something"])).toEqual([`${file}: its operation is called order-something`]);
    expect(faultsOfNames(file, ["placeOrder"])).toHaveLength(2);
  });

  it("when a file holds two routes, then each has a name of its own", () => {
    expect(faultsOfNames(file, ["send-code", "confirm-code"])).toEqual([]);
    expect(faultsOfNames(file, ["send-code", "confirmCode"])).toHaveLength(1);
  });

  it("when the routes of today are read, then each can be found by its name", async () => {
    expect(await checkOperationNames()).toEqual([]);
  });
});
