import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const edit = async (id: string, payload: object) =>
  harness.app.inject({ method: "PATCH", url: `/categories/${id}`, headers: await harness.as("manager"), payload });

describe("edit a category", () => {
  it("when some fields come, then the others stay", async () => {
    const id = await makeCategory(harness, { name: "Pastéis", position: 3 });
    expect((await edit(id, { position: 7 })).json()).toEqual({ id, name: "Pastéis", position: 7, enabled: true });
    expect((await edit(id, { name: "PASTEIS" })).json()).toMatchObject({ name: "PASTEIS", position: 7 });
    expect((await edit(id.toUpperCase(), {})).statusCode).toBe(200);
  });

  it("when it is taken off the menu, then guests see neither it nor its products, and the keeper both", async () => {
    const id = await makeCategory(harness, { name: "Segredos" });
    const product = await makeProduct(harness, { category_id: id });
    await edit(id, { enabled: false });
    const headers = await harness.as("admin");
    for (const url of [`/categories/${id}`, `/products/${product.id}`]) {
      expect((await harness.app.inject({ url })).statusCode).toBe(404);
      expect((await harness.app.inject({ url, headers })).statusCode).toBe(200);
    }
    const listed = (await harness.app.inject({ url: "/categories?enabled=false", headers })).json();
    expect(listed.items.map((item: { id: string }) => item.id)).toEqual([id]);
    expect((await harness.app.inject({ url: "/categories?enabled=false" })).json().items).toEqual([]);
  });

  it("when the new name is another's, then 409 and nothing changed", async () => {
    await makeCategory(harness, { name: "Pizzas" });
    const id = await makeCategory(harness, { name: "Massas" });
    const answer = await edit(id, { name: "pizzás", position: 9 });
    expect(answer.statusCode).toBe(409);
    expect((await harness.app.inject({ url: `/categories/${id}` })).json()).toMatchObject({
      name: "Massas",
      position: 0,
    });
  });

  it("when there is no such category, then 404", async () => {
    expect((await edit(newId(), { position: 1 })).statusCode).toBe(404);
    expect((await edit("not-an-id", { position: 1 })).statusCode).toBe(404);
  });

  it("when a field is unknown or null, then 422", async () => {
    const id = await makeCategory(harness);
    expect((await edit(id, { colour: "red" })).statusCode).toBe(422);
    expect((await edit(id, { name: null })).statusCode).toBe(422);
  });
});
