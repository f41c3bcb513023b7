import { type Cents, type Id, ok, type Result, refuse } from "@comanda/primitives";
import { type Catalogue, isOnMenu } from "./catalogue.ts";
import type { Option, OptionGroup, Product, Slot } from "./product.ts";

/** A line of an order as it is asked for. */
export type RequestedLine = RequestedChoices & {
  readonly productId: Id;
  readonly quantity: number;
  readonly comment?: string | undefined;
  readonly slots?: readonly RequestedSlot[] | undefined;
};

/** What goes into a slot of a combo. */
export type RequestedSlot = RequestedChoices & { readonly slotId: Id; readonly productId: Id };

type RequestedChoices = {
  readonly options?: readonly Id[] | undefined;
  readonly without?: readonly string[] | undefined;
};

/** A line with the names and prices of this moment; they stay with the order whatever happens to the menu. */
export type PricedLine = {
  readonly productId: Id;
  readonly name: string;
  readonly quantity: number;
  readonly comment: string | null;
  readonly options: readonly PricedOption[];
  readonly without: readonly string[];
  readonly slots: readonly PricedSlot[];
  /** Product, options, slot upgrades and slot options, for one. */
  readonly unitPriceCents: Cents;
  readonly totalCents: Cents;
};

export type PricedOption = {
  readonly optionId: Id;
  readonly groupName: string;
  readonly name: string;
  readonly priceCents: Cents;
};

type PricedSlot = {
  readonly slotId: Id;
  readonly name: string;
  readonly productId: Id;
  readonly productName: string;
  /** What this choice costs on top of the combo, without its own options. */
  readonly priceCents: Cents;
  readonly options: readonly PricedOption[];
  readonly without: readonly string[];
};

export type LineRefusalCode =
  | "product-unknown"
  | "item-sold-out"
  | "quantity-out-of-range"
  | "option-unknown"
  | "option-repeated"
  | "option-sold-out"
  | "too-few-options"
  | "too-many-options"
  | "removal-unknown"
  | "removal-repeated"
  | "slot-unknown"
  | "slot-repeated"
  | "slot-required"
  | "slot-choice-unknown";

/** Why a line cannot be had. `path` is a JSON pointer inside the line; `params` fill the sentence for the guest. */
export type LineRefusal = {
  readonly code: LineRefusalCode;
  readonly path: string;
  readonly params: Readonly<Record<string, string | number>>;
};

/** Fewest and most of one line (the contract, `POST /orders/`). */
export const QUANTITY_MIN = 1;
export const QUANTITY_MAX = 20;

/** Checks a requested line against the menu and gives it its price: the client's word on prices is never asked. */
export function priceLine(catalogue: Catalogue, line: RequestedLine): Result<PricedLine, LineRefusal> {
  const product = catalogue.products.get(line.productId.toLowerCase());
  if (product === undefined || !isOnMenu(catalogue, product)) return no("product-unknown", "/product_id");
  if (!product.available) return no("item-sold-out", "/product_id", { item: product.name });
  if (!Number.isInteger(line.quantity) || line.quantity < QUANTITY_MIN || line.quantity > QUANTITY_MAX) {
    return no("quantity-out-of-range", "/quantity", { min: QUANTITY_MIN, max: QUANTITY_MAX });
  }
  const chosen = choose(product, line, "");
  if (!chosen.ok) return chosen;
  const filled = fillSlots(catalogue, product, line.slots ?? []);
  if (!filled.ok) return filled;

  const slotCents = filled.value.map((slot) => slot.priceCents + sumOf(slot.options));
  const unitPriceCents = slotCents.reduce(
    (sum, cents) => sum + cents,
    product.priceCents + sumOf(chosen.value.options),
  );
  return ok({
    productId: product.id,
    name: product.name,
    quantity: line.quantity,
    comment: line.comment ?? null,
    ...chosen.value,
    slots: filled.value,
    unitPriceCents,
    totalCents: unitPriceCents * line.quantity,
  });
}

type Chosen = { readonly options: readonly PricedOption[]; readonly without: readonly string[] };

/** Options and removals of one product; `base` is where they stand in the line. */
function choose(product: Product, wish: RequestedChoices, base: string): Result<Chosen, LineRefusal> {
  const options = chooseOptions(product, wish.options ?? [], `${base}/options`);
  if (!options.ok) return options;
  const without = wish.without ?? [];
  for (const [index, name] of without.entries()) {
    const path = `${base}/without/${index}`;
    if (!product.removable.includes(name)) return no("removal-unknown", path, { item: product.name });
    if (without.indexOf(name) !== index) return no("removal-repeated", path, { item: product.name });
  }
  // In the order of the menu, so that the kitchen always reads a product the same way.
  return ok({ options: options.value, without: product.removable.filter((name) => without.includes(name)) });
}

function chooseOptions(
  product: Product,
  ids: readonly Id[],
  path: string,
): Result<readonly PricedOption[], LineRefusal> {
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  const known = new Map(product.optionGroups.flatMap((group) => group.options.map((option) => [option.id, option])));
  for (const [index, id] of ids.entries()) {
    const option = known.get(id.toLowerCase());
    const here = `${path}/${index}`;
    if (option === undefined) return no("option-unknown", here, { item: product.name });
    if (!option.available) return no("option-sold-out", here, { item: product.name, option: option.name });
    if (ids.findIndex((other) => other.toLowerCase() === option.id) !== index) {
      return no("option-repeated", here, { item: product.name, option: option.name });
    }
  }
  const chosen: PricedOption[] = [];
  for (const group of product.optionGroups) {
    const picked = group.options.filter((option) => wanted.has(option.id));
    const about = { item: product.name, group: group.name, min: group.min, max: group.max };
    if (picked.length < group.min) return no("too-few-options", path, about);
    if (picked.length > group.max) return no("too-many-options", path, about);
    chosen.push(...picked.map((option) => frozenOption(group, option)));
  }
  return ok(chosen);
}

function fillSlots(
  catalogue: Catalogue,
  combo: Product,
  wishes: readonly RequestedSlot[],
): Result<readonly PricedSlot[], LineRefusal> {
  const filled = new Map<Id, PricedSlot>();
  for (const [index, wish] of wishes.entries()) {
    const base = `/slots/${index}`;
    const slot = combo.slots.find(({ id }) => id === wish.slotId.toLowerCase());
    if (slot === undefined) return no("slot-unknown", `${base}/slot_id`, { item: combo.name });
    if (filled.has(slot.id)) return no("slot-repeated", `${base}/slot_id`, { item: combo.name, slot: slot.name });
    const priced = fillSlot({ catalogue, slot, wish, base });
    if (!priced.ok) return priced;
    filled.set(slot.id, priced.value);
  }
  const empty = combo.slots.find((slot) => !slot.optional && !filled.has(slot.id));
  if (empty !== undefined) return no("slot-required", "/slots", { item: combo.name, slot: empty.name });
  return ok(combo.slots.flatMap((slot) => filled.get(slot.id) ?? []));
}

function fillSlot(place: {
  readonly catalogue: Catalogue;
  readonly slot: Slot;
  readonly wish: RequestedSlot;
  readonly base: string;
}): Result<PricedSlot, LineRefusal> {
  const { catalogue, slot, wish, base } = place;
  const path = `${base}/product_id`;
  const choice = slot.choices.find(({ productId }) => productId === wish.productId.toLowerCase());
  const product = choice === undefined ? undefined : catalogue.products.get(choice.productId);
  // A combo inside a combo would have slots that nobody can fill.
  if (choice === undefined || product === undefined || !isOnMenu(catalogue, product) || product.slots.length > 0) {
    return no("slot-choice-unknown", path, { slot: slot.name });
  }
  if (!product.available) return no("item-sold-out", path, { item: product.name });
  const chosen = choose(product, wish, base);
  if (!chosen.ok) return chosen;
  return ok({
    slotId: slot.id,
    name: slot.name,
    productId: product.id,
    productName: product.name,
    priceCents: choice.priceCents,
    ...chosen.value,
  });
}

function frozenOption(group: OptionGroup, option: Option): PricedOption {
  return { optionId: option.id, groupName: group.name, name: option.name, priceCents: option.priceCents };
}

function sumOf(options: readonly PricedOption[]): Cents {
  return options.reduce((sum, { priceCents }) => sum + priceCents, 0);
}

function no(code: LineRefusalCode, path: string, params: LineRefusal["params"] = {}) {
  return refuse<LineRefusal>({ code, path, params });
}
