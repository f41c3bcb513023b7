import type { Cents, Id } from "@comanda/primitives";

/** A shelf of the menu. Lower `position` first, then by name. */
export type Category = {
  readonly id: Id;
  readonly name: string;
  readonly position: number;
  readonly enabled: boolean;
};

/** One thing a guest may add to a product, at a price of its own (0: free). */
export type Option = {
  readonly id: Id;
  readonly name: string;
  readonly priceCents: Cents;
  readonly available: boolean;
};

/** A choice of `min` to `max` of its options; `min` above zero makes it required. */
export type OptionGroup = {
  readonly id: Id;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly options: readonly Option[];
};

/** What may fill a slot of a combo, and what it costs on top of the combo's price. */
type SlotChoice = { readonly productId: Id; readonly priceCents: Cents };

/** A place in a combo that takes one product. */
export type Slot = {
  readonly id: Id;
  readonly name: string;
  readonly optional: boolean;
  readonly choices: readonly SlotChoice[];
};

/**
 * Something on the menu. `enabled`: it is on the menu at all; `available`: not sold out today. `allergens` is `null`
 * when nobody has said what is in it, which is not the same as "contains none" (product §0.4).
 */
export type Product = {
  readonly id: Id;
  readonly name: string;
  readonly description: string | null;
  readonly priceCents: Cents;
  readonly categoryId: Id;
  readonly position: number;
  readonly enabled: boolean;
  readonly available: boolean;
  /** Address of the photo: our own `/products/{id}/image?v=…`, or one elsewhere. */
  readonly imageUrl: string | null;
  readonly imageAlt: string | null;
  readonly portion: string | null;
  readonly allergens: readonly string[] | null;
  readonly optionGroups: readonly OptionGroup[];
  /** Names of ingredients a guest may leave out. */
  readonly removable: readonly string[];
  /** Not empty for a combo. */
  readonly slots: readonly Slot[];
};

/** What a product is made of when nobody says more: name, price and category must be said. */
export type ProductDraft = Pick<Product, "name" | "priceCents" | "categoryId"> & ProductChange;

/** New values for some fields; lists are replaced whole. */
export type ProductChange = { readonly [Field in keyof Omit<Product, "id">]?: Product[Field] | undefined };

export function newProduct(id: Id, draft: ProductDraft): Product {
  const blank: Product = {
    id,
    name: draft.name,
    description: null,
    priceCents: draft.priceCents,
    categoryId: draft.categoryId,
    position: 0,
    enabled: true,
    available: true,
    imageUrl: null,
    imageAlt: null,
    portion: null,
    allergens: null,
    optionGroups: [],
    removable: [],
    slots: [],
  };
  return changedProduct(blank, draft);
}

export function changedProduct(product: Product, change: ProductChange): Product {
  return {
    id: product.id,
    name: change.name ?? product.name,
    description: change.description === undefined ? product.description : change.description,
    priceCents: change.priceCents ?? product.priceCents,
    categoryId: change.categoryId ?? product.categoryId,
    position: change.position ?? product.position,
    enabled: change.enabled ?? product.enabled,
    available: change.available ?? product.available,
    imageUrl: change.imageUrl === undefined ? product.imageUrl : change.imageUrl,
    imageAlt: change.imageAlt === undefined ? product.imageAlt : change.imageAlt,
    portion: change.portion === undefined ? product.portion : change.portion,
    allergens: change.allergens === undefined ? product.allergens : change.allergens,
    optionGroups: change.optionGroups ?? product.optionGroups,
    removable: change.removable ?? product.removable,
    slots: change.slots ?? product.slots,
  };
}
