import type { Cents } from "@comanda/primitives";
import type { Product } from "./product.ts";

/** A price within a product: of an option, or of what may fill a slot of a combo. `null` is where there was, or is, none. */
export type PriceChange = {
  readonly of: "option" | "choice";
  /** The option's id; of a choice the slot's and the product's. */
  readonly id: string;
  /** What the option, or the slot, is called. */
  readonly name: string;
  readonly from: Cents | null;
  readonly to: Cents | null;
};

/** What changes of the prices within a product; `null` before it was made. Its own price is not among them. */
export function priceChanges(before: Product | null, after: Product): readonly PriceChange[] {
  const [was, is] = [pricesIn(before), pricesIn(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    const [from, to] = [one?.cents ?? null, other?.cents ?? null];
    const part = other ?? one;
    return part === undefined || from === to ? [] : [{ of: part.of, id: part.id, name: part.name, from, to }];
  });
}

type Part = Pick<PriceChange, "of" | "id" | "name"> & { readonly cents: Cents };

function pricesIn(product: Product | null): ReadonlyMap<string, Part> {
  const { optionGroups = [], slots = [] } = product ?? {};
  const options = optionGroups.flatMap(({ options }) =>
    options.map(({ id, name, priceCents }): Part => ({ of: "option", id, name, cents: priceCents })),
  );
  const choices = slots.flatMap(({ id, name, choices }) =>
    choices.map(({ productId, priceCents }): Part => {
      return { of: "choice", id: `${id}/${productId}`, name, cents: priceCents };
    }),
  );
  return new Map([...options, ...choices].map((part) => [`${part.of} ${part.id}`, part]));
}
