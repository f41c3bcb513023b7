import { createDatabase } from "@comanda/postgres";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { priceLine } from "../src/domain/price-line.ts";
import { createCatalogueCache } from "../src/storage/catalogue-cache.ts";
import type { OrderTables } from "../src/storage/schema.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const LEGAL = ["glúten", "lactose", "leite", "peixe", "amêndoas", "corantes", "castanhas", "soja", "ovo", "crustáceos"];

type Item = { name: string; description: string; price_cents: number; portion: string; image_alt: string } & {
  allergens: string[];
  option_groups: { min: number; options: unknown[] }[];
  removable: string[];
  slots: { choices: { price_cents: number }[] }[];
};

describe("seed the menu", () => {
  it("when the menu was never filled and several processes start at once, then the sample is there once", async () => {
    const { items: before } = (await harness.app.inject({ url: "/products?limit=100" })).json();
    expect(before).toEqual([]);
    await Promise.all([1, 2, 3].map(() => harness.another({ SEED_MENU: true })));
    await waitFor(async () => (await harness.app.inject({ url: "/categories" })).json().items.length > 0);

    const categories = (await harness.app.inject({ url: "/categories" })).json();
    expect(categories.items.map(({ name }: Item) => name)).toEqual([
      "Lanches",
      "Acompanhamentos",
      "Bebidas",
      "Sobremesas",
      "Combos",
    ]);
    const items: Item[] = (await harness.app.inject({ url: "/products?limit=100" })).json().items;
    expect(items.length).toBeGreaterThanOrEqual(18);
    expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
    for (const item of items) {
      expect(item.description.length).toBeGreaterThan(20);
      expect(item.price_cents).toBeGreaterThan(0);
      expect(item.portion).not.toBe("");
      expect(item.image_alt.length).toBeGreaterThan(10);
      for (const allergen of item.allergens) expect(LEGAL).toContain(allergen);
    }
    expect(items.filter(({ option_groups }) => option_groups.some(({ min }) => min > 0)).length).toBeGreaterThan(3);
    expect(items.filter(({ removable }) => removable.length > 0).length).toBeGreaterThan(5);
    const combos = items.filter(({ slots }) => slots.length > 0);
    expect(combos).toHaveLength(2);
    expect(
      combos.every(({ slots }) => slots.some(({ choices }) => choices.some((choice) => choice.price_cents > 0))),
    ).toBe(true);
  });

  it("when the sample is ordered with its least choices, then every product has a price", async () => {
    const db = createDatabase<OrderTables>(harness.database.pool);
    const cache = createCatalogueCache({ db, log: { warn: () => undefined } });
    await cache.refresh();
    const { products } = cache.current();
    const least = (id: string) =>
      products.get(id)?.optionGroups.flatMap(({ min, options }) => options.slice(0, min).map((option) => option.id)) ??
      [];
    for (const product of products.values()) {
      const slots = product.slots.map((slot) => {
        const productId = slot.choices[0]?.productId ?? "";
        return { slotId: slot.id, productId, options: least(productId) };
      });
      const priced = priceLine(cache.current(), {
        productId: product.id,
        quantity: 1,
        options: least(product.id),
        slots,
      });
      expect(priced).toMatchObject({ ok: true, value: { name: product.name } });
    }
  });

  it("when everything was deleted, then the sample does not come back", async () => {
    const headers = await harness.as("admin");
    const { items } = (await harness.app.inject({ url: "/products?limit=100", headers })).json();
    for (const { id } of items) await harness.app.inject({ method: "DELETE", url: `/products/${id}`, headers });
    await harness.another({ SEED_MENU: true });
    expect((await harness.app.inject({ url: "/products", headers })).json().items).toEqual([]);
  });
});
