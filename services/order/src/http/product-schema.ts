import { newId } from "@comanda/primitives";
import { houseProblem, IdSchema, type InputFault, Nullable, PublicLine } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { OptionGroup, Product, ProductChange, ProductDraft, Slot } from "../domain/product.ts";
import { productExample } from "./product-example.ts";
import { tidy } from "./tidy.ts";

const Cents = Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Centavos" });
const GivenId = Type.Optional(
  Type.String({ format: "uuid", description: "Kept when sent; given by the server when not" }),
);

const option = { name: PublicLine({ max: 80 }), price_cents: Cents };
const group = {
  name: PublicLine({ max: 80 }),
  min: Type.Integer({ minimum: 0, maximum: 50 }),
  max: Type.Integer({ minimum: 1, maximum: 50 }),
};
const SlotChoiceSchema = Type.Object({ product_id: IdSchema, price_cents: Cents });
const slot = { name: PublicLine({ max: 80 }), choices: Type.Array(SlotChoiceSchema, { minItems: 1, maxItems: 50 }) };

const plain = {
  name: PublicLine({ max: 120 }),
  description: Nullable(PublicLine({ min: 0, max: 1000 })),
  price_cents: Cents,
  category_id: IdSchema,
  position: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower comes first" }),
  enabled: Type.Boolean({ description: "On the menu" }),
  available: Type.Boolean({ description: "Not sold out" }),
  image_url: Nullable(Type.String({ maxLength: 2048, pattern: "^(https://|/(?![/\\\\]))[!-~]*$" })),
  image_alt: Nullable(PublicLine({ max: 250 })),
  portion: Nullable(PublicLine({ max: 80 })),
  allergens: Nullable(
    Type.Array(PublicLine({ max: 40 }), {
      maxItems: 30,
      uniqueItems: true,
      description: "What it contains; an empty list means none, null means nobody has said",
    }),
  ),
  removable: Type.Array(PublicLine({ max: 80 }), { maxItems: 30, uniqueItems: true }),
};

/** A product as it is answered. */
export const ProductSchema = Type.Object(
  {
    id: IdSchema,
    ...plain,
    option_groups: Type.Array(
      Type.Object({
        id: IdSchema,
        ...group,
        options: Type.Array(Type.Object({ id: IdSchema, ...option, available: Type.Boolean() })),
      }),
    ),
    slots: Type.Array(
      Type.Object({ id: IdSchema, ...slot, choices: Type.Array(SlotChoiceSchema), optional: Type.Boolean() }),
    ),
  },
  { examples: [productExample] },
);

const written = {
  ...plain,
  option_groups: Type.Array(
    Type.Object({
      id: GivenId,
      ...group,
      options: Type.Array(Type.Object({ id: GivenId, ...option, available: Type.Optional(Type.Boolean()) }), {
        minItems: 1,
        maxItems: 50,
      }),
    }),
    { maxItems: 20 },
  ),
  slots: Type.Array(Type.Object({ id: GivenId, ...slot, optional: Type.Optional(Type.Boolean()) }), { maxItems: 10 }),
};

export const ProductChangeSchema = Type.Partial(Type.Object(written), { examples: [{ available: false }] });
type ProductChangeBody = Static<typeof ProductChangeSchema>;

const required = { name: plain.name, price_cents: plain.price_cents, category_id: plain.category_id };
const { name: _name, price_cents: _price, category_id: _category, ...others } = written;
export const NewProductSchema = Type.Object(
  { ...required, ...Type.Partial(Type.Object(others)).properties },
  { examples: [{ name: "X-Salada", price_cents: 2490, category_id: productExample.category_id }] },
);

/** @throws HttpProblem validation-failed for what one field's schema cannot see */
export function toProductDraft(body: Static<typeof NewProductSchema>): ProductDraft {
  return {
    ...toProductChange(body),
    name: tidy(body.name),
    priceCents: body.price_cents,
    categoryId: body.category_id.toLowerCase(),
  };
}

/** @throws HttpProblem validation-failed for what one field's schema cannot see */
export function toProductChange(body: ProductChangeBody): ProductChange {
  const change = {
    name: body.name === undefined ? undefined : tidy(body.name),
    description: tidyOrNull(body.description),
    priceCents: body.price_cents,
    categoryId: body.category_id?.toLowerCase(),
    position: body.position,
    enabled: body.enabled,
    available: body.available,
    imageUrl: body.image_url,
    imageAlt: tidyOrNull(body.image_alt),
    portion: tidyOrNull(body.portion),
    allergens: body.allergens?.map(tidy) ?? (body.allergens === null ? null : undefined),
    removable: body.removable?.map(tidy),
    optionGroups: body.option_groups?.map(toOptionGroup),
    slots: body.slots?.map(toSlot),
  };
  const faults = faultsOf(change);
  if (faults.length > 0) throw houseProblem("validation-failed", { extensions: { errors: faults } });
  return change;
}

export function renderProduct(product: Product): Static<typeof ProductSchema> {
  return {
    id: product.id,
    name: product.name,
    description: product.description,
    price_cents: product.priceCents,
    category_id: product.categoryId,
    position: product.position,
    enabled: product.enabled,
    available: product.available,
    image_url: product.imageUrl,
    image_alt: product.imageAlt,
    portion: product.portion,
    allergens: product.allergens === null ? null : [...product.allergens],
    option_groups: product.optionGroups.map(({ id, name, min, max, options }) => ({
      id,
      name,
      min,
      max,
      options: options.map((each) => ({
        id: each.id,
        name: each.name,
        price_cents: each.priceCents,
        available: each.available,
      })),
    })),
    removable: [...product.removable],
    slots: product.slots.map(({ id, name, optional, choices }) => ({
      id,
      name,
      optional,
      choices: choices.map((choice) => ({ product_id: choice.productId, price_cents: choice.priceCents })),
    })),
  };
}

function toOptionGroup(body: NonNullable<ProductChangeBody["option_groups"]>[number]): OptionGroup {
  return {
    id: body.id?.toLowerCase() ?? newId(),
    name: tidy(body.name),
    min: body.min,
    max: body.max,
    options: body.options.map((each) => ({
      id: each.id?.toLowerCase() ?? newId(),
      name: tidy(each.name),
      priceCents: each.price_cents,
      available: each.available ?? true,
    })),
  };
}

function toSlot(body: NonNullable<ProductChangeBody["slots"]>[number]): Slot {
  return {
    id: body.id?.toLowerCase() ?? newId(),
    name: tidy(body.name),
    optional: body.optional ?? false,
    choices: body.choices.map((each) => ({ productId: each.product_id.toLowerCase(), priceCents: each.price_cents })),
  };
}

/** What only several fields together show: impossible bounds, and names or ids that must not come twice. */
function faultsOf({ optionGroups = [], slots = [], removable = [] }: ProductChange): InputFault[] {
  const faults: InputFault[] = [];
  const ids = [...optionGroups, ...optionGroups.flatMap(({ options }) => options), ...slots].map(({ id }) => id);
  if (isRepeated(ids)) faults.push({ path: "/", message: "ids of groups, options and slots must not repeat" });
  if (isRepeated(removable)) faults.push({ path: "/removable", message: "names must not repeat" });
  for (const [index, { min, max, options }] of optionGroups.entries()) {
    const path = `/option_groups/${index}`;
    if (min > max) faults.push({ path: `${path}/min`, message: "must not be above max" });
    if (min > options.length) faults.push({ path: `${path}/min`, message: "must not be above the number of options" });
  }
  for (const [index, { choices }] of slots.entries()) {
    if (isRepeated(choices.map(({ productId }) => productId))) {
      faults.push({ path: `/slots/${index}/choices`, message: "a product must not be offered twice" });
    }
  }
  return faults;
}

function isRepeated(list: readonly string[]): boolean {
  return new Set(list).size < list.length;
}

function tidyOrNull(text: string | null | undefined): string | null | undefined {
  if (text === undefined || text === null) return text;
  const tidied = tidy(text);
  return tidied === "" ? null : tidied;
}
