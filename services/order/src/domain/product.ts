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
export type SlotChoice = { readonly productId: Id; readonly priceCents: Cents };

/** A place in a combo that takes one product. */
export type Slot = {
  readonly id: Id;
  readonly name: string;
  readonly optional: boolean;
  readonly choices: readonly SlotChoice[];
};

/**
 * Something on the menu. `enabled`: it is on the menu at all; `available`: not sold out today. `allergens` is `null`
 * when nobody has said what is in it, which is not the same as "contains none" (product.md §0.4).
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
  /** Hash of the photo's bytes, which makes its address change with it; `null` without a photo. */
  readonly imageHash: string | null;
  readonly imageAlt: string | null;
  readonly portion: string | null;
  readonly allergens: readonly string[] | null;
  readonly optionGroups: readonly OptionGroup[];
  /** Names of ingredients a guest may leave out. */
  readonly removable: readonly string[];
  /** Not empty for a combo. */
  readonly slots: readonly Slot[];
};
