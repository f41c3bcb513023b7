import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

type Who = Parameters<Harness["as"]>[0];
const edit = async (id: string, payload: object, who: Who = "admin") =>
  harness.app.inject({ method: "PATCH", url: `/products/${id}`, headers: await harness.as(who), payload });
const read = async (id: string) => (await harness.app.inject({ url: `/products/${id}` })).json();

const group = (name: string) => ({ name, min: 0, max: 1, options: [{ name: "Um", price_cents: 100 }] });

describe("edit a product", () => {
  it("when some fields come, then the others stay; null empties what may be empty", async () => {
    const product = await makeProduct(harness, { description: "Bom", portion: "1", allergens: ["leite"] });
    const answer = await edit(product.id, { price_cents: 1, description: null, allergens: [] });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ ...product, price_cents: 1, description: null, allergens: [] });
    expect(await read(product.id)).toEqual(answer.json());
    expect((await edit(product.id, { name: null })).statusCode).toBe(422);
    expect((await edit(product.id, { allergens: null })).json().allergens).toBeNull();
  });

  it("when a list comes, then it replaces the old one whole, and ids that are sent stay", async () => {
    const product = await makeProduct(harness, { option_groups: [group("A"), group("B")], removable: ["sal"] });
    const groups = product["option_groups"] as { id: string; options: { id: string }[] }[]; // as the schema says
    const answer = await edit(product.id, { option_groups: [{ ...groups[1], name: "B2" }, group("C")] });
    const [kept, fresh] = answer.json().option_groups;
    expect(kept).toEqual({ ...groups[1], name: "B2" });
    expect(fresh).toMatchObject({ name: "C" });
    expect(answer.json().option_groups).toHaveLength(2);
    expect(answer.json().removable).toEqual(["sal"]);
    expect((await edit(product.id, { option_groups: [], removable: [] })).json()).toMatchObject({
      option_groups: [],
      removable: [],
    });
  });

  it("when a whole product that was read is sent back, then nothing changes", async () => {
    const product = await makeProduct(harness, { option_groups: [group("A")] });
    const { id, ...everything } = await read(product.id);
    expect((await edit(id, everything)).json()).toEqual(product);
  });

  it("when it moves, then to a category that exists", async () => {
    const product = await makeProduct(harness);
    const category = await makeCategory(harness);
    expect((await edit(product.id, { category_id: category })).json().category_id).toBe(category);
    const refused = await edit(product.id, { category_id: newId(), name: "Outro" });
    expect(refused.json().code).toBe("category-unknown");
    expect((await read(product.id)).name).toBe(product["name"]);
  });

  it("when it would contain itself, then 422", async () => {
    const product = await makeProduct(harness);
    const answer = await edit(product.id, {
      slots: [{ name: "S", choices: [{ product_id: product.id, price_cents: 0 }] }],
    });
    expect(answer.json().code).toBe("slot-choice-impossible");
  });

  it.each<Who>(["kitchen", "cashier", { role: "device", kind: "kitchen" }])(
    "when %j says that it is sold out, then it is, and nothing else can be changed",
    async (who) => {
      const product = await makeProduct(harness);
      const answer = await edit(product.id, { available: false }, who);
      expect(answer.statusCode).toBe(200);
      expect((await read(product.id)).available).toBe(false);
      expect((await edit(product.id, { available: true }, who)).json().available).toBe(true);
      for (const payload of [{ price_cents: 1 }, { available: true, price_cents: 1 }, { enabled: false }]) {
        expect((await edit(product.id, payload, who)).statusCode).toBe(403);
      }
      expect((await read(product.id)).price_cents).toBe(product["price_cents"]);
    },
  );

  it("when it is not on the menu, then to the kitchen it does not exist", async () => {
    const product = await makeProduct(harness, { enabled: false });
    const hidden = await edit(product.id, { available: false }, "kitchen");
    const missing = await edit(newId(), { available: false }, "kitchen");
    expect(hidden.statusCode).toBe(404);
    const { request_id: _a, instance: _b, ...one } = hidden.json();
    const { request_id: _c, instance: _d, ...other } = missing.json();
    expect(one).toEqual(other);
  });

  it("when two edit different fields at once, then both are kept", async () => {
    const product = await makeProduct(harness);
    await Promise.all([edit(product.id, { name: "Novo" }), edit(product.id, { price_cents: 5 })]);
    expect(await read(product.id)).toMatchObject({ name: "Novo", price_cents: 5 });
  });

  it("when it was deleted or never was, then 404", async () => {
    expect((await edit(newId(), { name: "x" })).statusCode).toBe(404);
  });
});
