import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await makeCategory(harness, { name: "Bebidas", position: 2 });
  await makeCategory(harness, { name: "Sobremesas", position: 1 });
  await makeCategory(harness, { name: "Água e café", position: 2 });
  await makeCategory(harness, { name: "Oculta", position: 0, enabled: false });
});
afterAll(() => harness.close());

const read = (url: string, headers = {}) => harness.app.inject({ url, headers });
const names = async (url: string, headers = {}) =>
  (await read(url, headers)).json().items.map(({ name }: { name: string }) => name);

describe("list categories", () => {
  it("when the cursor is one of the products, then it is refused", async () => {
    const category_id = await makeCategory(harness, { name: "Caldos", position: 9 });
    for (const name of ["Canja", "Caldo verde"]) await makeProduct(harness, { name, category_id });
    const { next_cursor } = (await read("/products?limit=1")).json();
    expect((await read(`/products?limit=1&cursor=${next_cursor}`)).statusCode).toBe(200);
    const answer = await read(`/categories?cursor=${next_cursor}`);
    expect(answer.json()).toMatchObject({ status: 422, code: "validation-failed" });
    const headers = await harness.as("admin");
    for (const { id } of (await read("/products")).json().items) {
      await harness.app.inject({ method: "DELETE", url: `/products/${id}`, headers });
    }
    await harness.app.inject({ method: "DELETE", url: `/categories/${category_id}`, headers });
  });

  it("when a guest reads, then those on the menu come by position, then name, under both addresses", async () => {
    for (const url of ["/categories", "/categories/"]) {
      expect(await names(url)).toEqual(["Sobremesas", "Água e café", "Bebidas"]);
    }
    expect(await names("/categories", await harness.as("admin"))).toHaveLength(4);
  });

  it("when paged and searched, then it is as with products", async () => {
    const first = (await read("/categories?limit=2")).json();
    expect(first.items).toHaveLength(2);
    expect(await names(`/categories?limit=2&cursor=${first.next_cursor}`)).toEqual(["Bebidas"]);
    expect(await names("/categories?q=AGUA")).toEqual(["Água e café"]);
  });

  it("when nothing changed, then 304", async () => {
    const { etag } = (await read("/categories")).headers;
    expect((await read("/categories", { "if-none-match": etag })).statusCode).toBe(304);
  });

  it("when the query is wrong, then 422", async () => {
    for (const query of ["limit=0", "cursor=x", "category_id=1", "enabled=maybe"]) {
      expect((await read(`/categories?${query}`)).statusCode).toBe(422);
    }
  });
});
