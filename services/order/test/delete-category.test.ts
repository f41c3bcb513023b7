import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const remove = async (url: string) => harness.app.inject({ method: "DELETE", url, headers: await harness.as("admin") });

describe("delete a category", () => {
  it("when it is empty, then it is gone and its name is free", async () => {
    const id = await makeCategory(harness, { name: "Efêmera" });
    const answer = await remove(`/categories/${id}`);
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe("");
    expect((await harness.app.inject({ url: `/categories/${id}` })).statusCode).toBe(404);
    expect((await remove(`/categories/${id}`)).statusCode).toBe(404);
    await makeCategory(harness, { name: "efemera" });
  });

  it("when products stand in it, then 409; when they were deleted, then it goes", async () => {
    const id = await makeCategory(harness);
    const product = await makeProduct(harness, { category_id: id });
    const refused = await remove(`/categories/${id}`);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().code).toBe("category-in-use");
    await remove(`/products/${product.id}`);
    expect((await remove(`/categories/${id}`)).statusCode).toBe(204);
  });

  // A product put into a category while that is being deleted must never be left without one.
  it("when a product comes at the same moment, then one of the two is refused", async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await makeCategory(harness);
      const headers = await harness.as("admin");
      const payload = { name: "Pressa", price_cents: 1, category_id: id };
      const [deleted, created] = await Promise.all([
        remove(`/categories/${id}`),
        harness.app.inject({ method: "POST", url: "/products", headers, payload }),
      ]);
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual([deleted.statusCode, created.statusCode]);
    }
  });

  it("when there is no such category, then 404", async () => {
    expect((await remove(`/categories/${newId()}`)).statusCode).toBe(404);
  });
});
