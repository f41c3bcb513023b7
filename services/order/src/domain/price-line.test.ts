import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCatalogue, aProduct } from "../../test/order-builders.ts";
import type { Catalogue } from "./catalogue.ts";
import { type LineRefusalCode, priceLine, type RequestedLine, type RequestedSlot } from "./price-line.ts";
import type { OptionGroup, Product, Slot } from "./product.ts";

const cents = fc.integer({ min: 0, max: 1_000_000 });

const bare = (id: string, difference: Partial<Product> = {}): Product => aProduct({ id, ...difference });

/** A product and a selection that it allows. */
const plainCase = (id: string) =>
  fc
    .record({
      priceCents: cents,
      groups: fc.array(
        fc.array(fc.record({ priceCents: cents, picked: fc.boolean() }), { minLength: 1, maxLength: 5 }),
        {
          maxLength: 4,
        },
      ),
      removable: fc.uniqueArray(fc.constantFrom("cebola", "tomate", "picles", "maionese"), { maxLength: 4 }),
      removed: fc.nat({ max: 4 }),
      slack: fc.nat({ max: 2 }),
    })
    .map(({ priceCents, groups, removable, removed, slack }) => {
      const optionGroups: OptionGroup[] = groups.map((options, g) => {
        const picked = options.filter((option) => option.picked).length;
        return {
          id: `${id}-g${g}`,
          name: `Group ${g}`,
          min: Math.max(0, picked - slack),
          max: picked + slack,
          options: options.map((option, o) => ({
            id: `${id}-g${g}-o${o}`,
            name: `Option ${o}`,
            priceCents: option.priceCents,
            available: true,
          })),
        };
      });
      const options = groups.flatMap((list, g) =>
        list.flatMap(({ picked }, o) => (picked ? [`${id}-g${g}-o${o}`] : [])),
      );
      return {
        product: bare(id, { priceCents, optionGroups, removable }),
        options,
        without: removable.slice(0, removed),
      };
    });

const lineCase = fc
  .record({
    main: plainCase("main"),
    quantity: fc.integer({ min: 1, max: 20 }),
    slots: fc.array(
      fc.record({
        choice: plainCase("choice"),
        upgrade: cents,
        optional: fc.boolean(),
        filled: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ main, quantity, slots }) => {
    const choices = slots.map(({ choice }, index) => ({
      ...choice,
      product: { ...choice.product, id: `choice-${index}` },
    }));
    const defined: Slot[] = slots.map(({ upgrade, optional }, index) => ({
      id: `slot-${index}`,
      name: `Slot ${index}`,
      optional,
      choices: [{ productId: `choice-${index}`, priceCents: upgrade }],
    }));
    const requested: RequestedSlot[] = choices.flatMap((choice, index) =>
      slots[index]?.filled || !slots[index]?.optional
        ? [{ slotId: `slot-${index}`, productId: choice.product.id, options: choice.options, without: choice.without }]
        : [],
    );
    const product = { ...main.product, slots: defined };
    const catalogue = aCatalogue([product, ...choices.map((choice) => choice.product)]);
    const line: RequestedLine = {
      productId: "main",
      quantity,
      options: main.options,
      without: main.without,
      slots: requested,
    };
    return { catalogue, line, product };
  });

/** The same sum, by another way and in exact integers. */
function exactTotal(catalogue: Catalogue, line: RequestedLine): bigint {
  const priceOf = new Map<string, bigint>();
  for (const product of catalogue.products.values()) {
    for (const group of product.optionGroups) {
      for (const option of group.options) priceOf.set(`${product.id}/${option.id}`, BigInt(option.priceCents));
    }
  }
  const product = catalogue.products.get(line.productId);
  let unit = BigInt(product?.priceCents ?? -1);
  for (const id of line.options ?? []) unit += priceOf.get(`${line.productId}/${id}`) ?? -1n;
  for (const wish of line.slots ?? []) {
    const choice = product?.slots.find(({ id }) => id === wish.slotId)?.choices[0];
    unit += BigInt(choice?.priceCents ?? -1);
    for (const id of wish.options ?? []) unit += priceOf.get(`${wish.productId}/${id}`) ?? -1n;
  }
  return unit * BigInt(line.quantity);
}

describe("price a line", () => {
  it("when the selection is allowed, then the total is the exact sum of its parts", () => {
    fc.assert(
      fc.property(lineCase, ({ catalogue, line, product }) => {
        const priced = priceLine(catalogue, line);
        if (!priced.ok) throw new Error(`refused: ${JSON.stringify(priced.refusal)}`);
        expect(BigInt(priced.value.totalCents)).toBe(exactTotal(catalogue, line));
        expect(Number.isSafeInteger(priced.value.totalCents)).toBe(true);
        expect(priced.value.unitPriceCents * line.quantity).toBe(priced.value.totalCents);
        expect(priced.value).toMatchObject({ name: product.name, comment: null });
        expect(priced.value.options.map(({ optionId }) => optionId).sort()).toEqual([...(line.options ?? [])].sort());
        expect(priced.value.slots).toHaveLength(line.slots?.length ?? 0);
      }),
    );
  });

  it("when ids come in upper case, then they are the same ids", () => {
    fc.assert(
      fc.property(lineCase, ({ catalogue, line }) => {
        const loud = {
          ...line,
          productId: line.productId.toUpperCase(),
          options: (line.options ?? []).map((id) => id.toUpperCase()),
        };
        expect(priceLine(catalogue, loud)).toEqual(priceLine(catalogue, line));
      }),
    );
  });

  it("when one thing of an allowed selection is broken, then the line is refused with that reason and place", () => {
    fc.assert(
      fc.property(lineCase, fc.nat(), ({ catalogue, line, product }, seed) => {
        const wrongs = breakagesOf({ catalogue, line, product });
        const wrong = wrongs[seed % wrongs.length];
        if (wrong === undefined) return;
        const refused = priceLine(wrong.catalogue ?? catalogue, wrong.line ?? line);
        expect(refused).toMatchObject({ ok: false, refusal: { code: wrong.code } });
        if (!refused.ok) expect(refused.refusal.path.startsWith(wrong.at)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

type Breakage = { code: LineRefusalCode; at: string; line?: RequestedLine; catalogue?: Catalogue };

function breakagesOf(good: { catalogue: Catalogue; line: RequestedLine; product: Product }): Breakage[] {
  const { catalogue, line, product } = good;
  const withProduct = (next: Product) => ({
    ...catalogue,
    products: new Map([...catalogue.products, [next.id, next] as const]),
  });
  const options = line.options ?? [];
  const slots = line.slots ?? [];
  const list: Breakage[] = [
    { code: "product-unknown", at: "/product_id", line: { ...line, productId: "another" } },
    { code: "product-unknown", at: "/product_id", catalogue: withProduct({ ...product, enabled: false }) },
    { code: "product-unknown", at: "/product_id", catalogue: { ...catalogue, categories: new Map() } },
    { code: "product-unknown", at: "/product_id", catalogue: aCatalogue([...catalogue.products.values()], false) },
    { code: "item-sold-out", at: "/product_id", catalogue: withProduct({ ...product, available: false }) },
    { code: "quantity-out-of-range", at: "/quantity", line: { ...line, quantity: 0 } },
    { code: "quantity-out-of-range", at: "/quantity", line: { ...line, quantity: 21 } },
    { code: "quantity-out-of-range", at: "/quantity", line: { ...line, quantity: 1.5 } },
    { code: "quantity-out-of-range", at: "/quantity", line: { ...line, quantity: Number.NaN } },
    { code: "option-unknown", at: "/options/", line: { ...line, options: [...options, "unknown"] } },
    { code: "removal-unknown", at: "/without/", line: { ...line, without: [...(line.without ?? []), "pão"] } },
    {
      code: "slot-unknown",
      at: `/slots/${slots.length}`,
      line: { ...line, slots: [...slots, { slotId: "unknown", productId: "main" }] },
    },
  ];
  const [option] = options;
  if (option !== undefined) list.push(...brokenOptions({ line, product, options, option, withProduct }));
  const [slot] = slots;
  const choice = slot === undefined ? undefined : catalogue.products.get(slot.productId);
  if (slot !== undefined && choice !== undefined) {
    const path = "/slots/0";
    const refilled = (difference: Partial<RequestedSlot>) => ({
      ...line,
      slots: [{ ...slot, ...difference }, ...slots.slice(1)],
    });
    list.push(
      { code: "slot-choice-unknown", at: path, line: refilled({ productId: "main" }) },
      { code: "slot-choice-unknown", at: path, catalogue: withProduct({ ...choice, enabled: false }) },
      { code: "slot-choice-unknown", at: path, catalogue: withProduct({ ...choice, slots: product.slots }) },
      { code: "item-sold-out", at: path, catalogue: withProduct({ ...choice, available: false }) },
      { code: "option-unknown", at: `${path}/options/`, line: refilled({ options: ["main-g0-o0"] }) },
      { code: "removal-unknown", at: `${path}/without/0`, line: refilled({ without: ["pão"] }) },
      { code: "slot-repeated", at: `/slots/${slots.length}`, line: { ...line, slots: [...slots, slot] } },
      {
        code: "slot-required",
        at: "/slots",
        catalogue: withProduct({ ...product, slots: product.slots.map((each) => ({ ...each, optional: false })) }),
        line: { ...line, slots: slots.slice(1) },
      },
    );
  }
  const [removal] = line.without ?? [];
  if (removal !== undefined) {
    const without = [...(line.without ?? []), removal];
    list.push({ code: "removal-repeated", at: `/without/${without.length - 1}`, line: { ...line, without } });
  }
  return list;
}

function brokenOptions(good: {
  line: RequestedLine;
  product: Product;
  options: readonly string[];
  option: string;
  withProduct: (next: Product) => Catalogue;
}): Breakage[] {
  const { line, product, options, option, withProduct } = good;
  const regrouped = (change: (group: OptionGroup) => OptionGroup) =>
    withProduct({
      ...product,
      optionGroups: product.optionGroups.map((group) =>
        group.options.some(({ id }) => id === option) ? change(group) : group,
      ),
    });
  const picked = (group: OptionGroup) => group.options.filter(({ id }) => options.includes(id)).length;
  return [
    { code: "option-repeated", at: `/options/${options.length}`, line: { ...line, options: [...options, option] } },
    {
      code: "option-sold-out",
      at: "/options/0",
      catalogue: regrouped((group) => ({
        ...group,
        options: group.options.map((each) => (each.id === option ? { ...each, available: false } : each)),
      })),
    },
    {
      code: "too-many-options",
      at: "/options",
      catalogue: regrouped((group) => ({ ...group, min: 0, max: picked(group) - 1 })),
    },
    {
      code: "too-few-options",
      at: "/options",
      catalogue: regrouped((group) => ({ ...group, min: picked(group) + 1, max: picked(group) + 1 })),
    },
  ];
}
