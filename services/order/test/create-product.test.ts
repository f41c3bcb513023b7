import { isId, newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { makeCategory, makeProduct } from "./menu-builders.ts";

let harness: Harness;
let category: string;

beforeAll(async () => {
  harness = await startHarness();
  category = await makeCategory(harness);
});
afterAll(() => harness.close());

const create = async (payload: object) =>
  harness.app.inject({ method: "POST", url: "/products/", headers: await harness.as("admin"), payload });
const plain = () => ({ name: "X-Salada", price_cents: 2490, category_id: category });

describe("create a product", () => {
  it("when only name, price and category come, then the rest has its defaults", async () => {
    const answer = await create(plain());
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe(`/products/${answer.json().id}`);
    expect(answer.json()).toEqual({
      id: answer.json().id,
      ...plain(),
      description: null,
      position: 0,
      enabled: true,
      available: true,
      image_url: null,
      image_alt: null,
      portion: null,
      allergens: null,
      option_groups: [],
      removable: [],
      slots: [],
    });
    const read = await harness.app.inject({ url: `/products/${answer.json().id}` });
    expect(read.json()).toEqual(answer.json());
  });

  it("when everything comes, then all of it is kept, and ids are given where none came", async () => {
    const groupId = newId();
    const side = await makeProduct(harness, { category_id: category });
    const full = {
      ...plain(),
      description: "Com tudo",
      position: 4,
      enabled: false,
      available: false,
      image_url: "https://example.com/x.png",
      image_alt: "Um lanche",
      portion: "300 g",
      allergens: ["glúten", "leite"],
      removable: ["cebola", "tomate"],
    };
    const answer = await create({
      ...full,
      option_groups: [
        { id: groupId.toUpperCase(), name: "Ponto", min: 1, max: 1, options: [{ name: "Ao ponto", price_cents: 0 }] },
      ],
      slots: [{ name: "Acompanhamento", choices: [{ product_id: side.id, price_cents: 150 }] }],
    });
    expect(answer.statusCode).toBe(201);
    const product = answer.json();
    expect(product).toMatchObject(full);
    expect(product.option_groups[0]).toMatchObject({ id: groupId, name: "Ponto", min: 1, max: 1 });
    expect(product.option_groups[0].options[0]).toMatchObject({ name: "Ao ponto", price_cents: 0, available: true });
    expect(isId(product.option_groups[0].options[0].id)).toBe(true);
    expect(product.slots[0]).toMatchObject({
      name: "Acompanhamento",
      optional: false,
      choices: [{ product_id: side.id, price_cents: 150 }],
    });
    expect(isId(product.slots[0].id)).toBe(true);
  });

  it("when the price is at either end, then it is taken; beyond, then 422", async () => {
    for (const price_cents of [0, 1_000_000]) expect((await create({ ...plain(), price_cents })).statusCode).toBe(201);
    for (const price_cents of [-1, 1_000_001, 10.5, "100", null, 2 ** 53 - 1]) {
      expect((await create({ ...plain(), price_cents })).statusCode).toBe(422);
    }
    // What no reader can be sure of is not even well-formed.
    for (const price_cents of [2 ** 53, 1e300])
      expect((await create({ ...plain(), price_cents })).json()).toMatchObject({ status: 400, code: "malformed-json" });
  });

  it("when the category does not exist, then 422 says so", async () => {
    const answer = await create({ ...plain(), category_id: newId() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().code).toBe("category-unknown");
  });

  it("when a slot offers what is no plain product, then 422", async () => {
    const side = await makeProduct(harness, { category_id: category });
    const combo = await makeProduct(harness, {
      category_id: category,
      slots: [{ name: "Um", choices: [{ product_id: side.id, price_cents: 0 }] }],
    });
    for (const product_id of [newId(), combo.id]) {
      const slots = [{ name: "Um", choices: [{ product_id, price_cents: 0 }] }];
      const answer = await create({ ...plain(), slots });
      expect(answer.statusCode).toBe(422);
      expect(answer.json().code).toBe("slot-choice-impossible");
    }
  });

  const option = { name: "Um", price_cents: 0 };
  const sameId = newId();
  it.each([
    ["no name", { name: undefined }, "/name"],
    ["a blank name", { name: "  " }, "/name"],
    ["a long name", { name: "a".repeat(121) }, "/name"],
    ["an unknown field", { price: 10 }, "/price"],
    ["a script as address", { image_url: "javascript:alert(1)" }, "/image_url"],
    ["an address without https", { image_url: "http://example.com/x.png" }, "/image_url"],
    ["the cloud's metadata as address", { image_url: "https://169.254.169.254/latest" }, "/image_url"],
    ["this machine as address", { image_url: "https://127.1/x.png" }, "/image_url"],
    ["this machine in one number", { image_url: "https://2130706433/x.png" }, "/image_url"],
    ["this machine in IPv6", { image_url: "https://[::1]/x.png" }, "/image_url"],
    ["this machine by name", { image_url: "https://localhost/x.png" }, "/image_url"],
    ["a neighbour as address", { image_url: "https://192.168.0.10/x.png" }, "/image_url"],
    ["an address without scheme", { image_url: "//127.0.0.1/x.png" }, "/image_url"],
    ["an address with a backslash", { image_url: "/\\127.0.0.1/x.png" }, "/image_url"],
    ["allergens twice", { allergens: ["leite", "leite"] }, "/allergens"],
    ["a removal twice", { removable: ["cebola", " cebola"] }, "/removable"],
    [
      "a group without options",
      { option_groups: [{ name: "G", min: 0, max: 1, options: [] }] },
      "/option_groups/0/options",
    ],
    [
      "a group with min above max",
      { option_groups: [{ name: "G", min: 2, max: 1, options: [option, option] }] },
      "/option_groups/0/min",
    ],
    [
      "a group nobody can fill",
      { option_groups: [{ name: "G", min: 2, max: 2, options: [option] }] },
      "/option_groups/0/min",
    ],
    [
      "an option id twice",
      {
        option_groups: [
          {
            name: "G",
            min: 0,
            max: 2,
            options: [
              { ...option, id: sameId },
              { ...option, id: sameId.toUpperCase() },
            ],
          },
        ],
      },
      "/",
    ],
    [
      "a slot choice twice",
      {
        slots: [
          {
            name: "S",
            choices: [
              { product_id: sameId, price_cents: 0 },
              { product_id: sameId, price_cents: 1 },
            ],
          },
        ],
      },
      "/slots/0/choices",
    ],
    [
      "a negative option price",
      { option_groups: [{ name: "G", min: 0, max: 1, options: [{ name: "a", price_cents: -1 }] }] },
      "/option_groups/0/options/0/price_cents",
    ],
  ])("when there is %s, then 422 names the field", async (_what, difference, path) => {
    const answer = await create({ ...plain(), ...difference });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors.map((fault: { path: string }) => fault.path)).toContain(path);
  });
});
