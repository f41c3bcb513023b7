import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const call = async (method: "DELETE" | "PATCH" | "GET", url: string, payload?: object) =>
  harness.app.inject({
    method,
    url,
    headers: await harness.as("admin"),
    ...(payload === undefined ? {} : { payload }),
  });

describe("delete a product", () => {
  it("when it is deleted, then nobody finds it any more, but its row stays for orders", async () => {
    const product = await makeProduct(harness);
    const url = `/products/${product.id}`;
    expect((await call("DELETE", url)).statusCode).toBe(204);
    expect((await call("GET", url)).statusCode).toBe(404);
    expect((await call("PATCH", url, { name: "De volta" })).statusCode).toBe(404);
    expect((await call("GET", `${url}/image`)).statusCode).toBe(404);
    expect((await call("DELETE", url)).statusCode).toBe(404);
    const listed = (await call("GET", "/products?limit=100")).json().items;
    expect(listed.map(({ id }: { id: string }) => id)).not.toContain(product.id);
    const { rows } = await harness.database.pool.query("select name from products where id = $1", [product.id]);
    expect(rows).toEqual([{ name: product["name"] }]);
  });

  it("when a combo offered it, then the combo goes on without it", async () => {
    const category_id = await makeCategory(harness);
    const [gone, stays] = [await makeProduct(harness, { category_id }), await makeProduct(harness, { category_id })];
    const choices = [gone, stays].map(({ id }) => ({ product_id: id, price_cents: 0 }));
    const combo = await makeProduct(harness, { category_id, slots: [{ name: "S", choices }] });
    await call("DELETE", `/products/${gone.id}`);
    const read = (await harness.app.inject({ url: `/products/${combo.id}` })).json();
    expect(read.slots[0].choices).toEqual([{ product_id: stays.id, price_cents: 0 }]);
    expect((await call("PATCH", `/products/${combo.id}`, { available: false })).statusCode).toBe(200);
  });

  it("when there is no such product, then 404", async () => {
    expect((await call("DELETE", `/products/${newId()}`)).statusCode).toBe(404);
  });
});
