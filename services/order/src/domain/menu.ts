import type { Id } from "@comanda/primitives";
import { type Catalogue, isOnMenu } from "./catalogue.ts";
import type { Category, Product } from "./product.ts";
import { searchKey } from "./search-key.ts";

/** Who looks: a guest sees what is on the menu, whoever keeps the menu sees all of it. */
export type MenuView = "guest" | "keeper";

/** One entry of a list, with what it is sorted and searched by. */
export type Entry<Item> = {
  readonly item: Item;
  readonly position: number;
  readonly nameKey: string;
  readonly text: string;
};

/** The menu as one kind of reader sees it, in the order of its lists: by position, then by name. */
export type Menu = {
  readonly categories: readonly Entry<Category>[];
  readonly products: readonly Entry<Product>[];
};

/** Where a page of a list begins: after the entry of this place. */
export type Place = { readonly position: number; readonly nameKey: string; readonly id: Id };

export function menuFor(catalogue: Catalogue, view: MenuView): Menu {
  const categories = [...catalogue.categories.values()].filter(({ enabled }) => view === "keeper" || enabled);
  const products = [...catalogue.products.values()].filter(
    (product) => view === "keeper" || isOnMenu(catalogue, product),
  );
  return {
    categories: inOrder(categories.map((category) => entryOf(category, ""))),
    products: inOrder(
      products.map((product) => entryOf(offered(catalogue, product, view), ` ${product.description ?? ""}`)),
    ),
  };
}

/** What a list is narrowed by. */
export type Filter = {
  readonly categoryId?: Id | undefined;
  readonly enabled?: boolean | undefined;
  /** Literal text, found in name or description whatever its case and accents. */
  readonly q?: string | undefined;
};

/** Up to `limit` entries after a place, and whether there are more. */
export function pageOfMenu<Item extends { readonly id: Id; readonly enabled: boolean; readonly categoryId?: Id }>(
  entries: readonly Entry<Item>[],
  wish: Filter & { readonly after: Place | null; readonly limit: number },
): { readonly entries: readonly Entry<Item>[]; readonly hasMore: boolean } {
  const sought = wish.q === undefined ? "" : searchKey(wish.q);
  const found: Entry<Item>[] = [];
  for (let at = wish.after === null ? 0 : indexAfter(entries, wish.after); at < entries.length; at += 1) {
    const entry = entries[at] as Entry<Item>; // at is below the length
    const isWanted =
      (wish.enabled === undefined || entry.item.enabled === wish.enabled) &&
      (wish.categoryId === undefined || entry.item.categoryId === wish.categoryId) &&
      entry.text.includes(sought);
    if (!isWanted) continue;
    if (found.length === wish.limit) return { entries: found, hasMore: true };
    found.push(entry);
  }
  return { entries: found, hasMore: false };
}

export function placeOf({ item, position, nameKey }: Entry<{ readonly id: Id }>): Place {
  return { position, nameKey, id: item.id };
}

/** A combo as it can be ordered now: guests are not shown choices that left the menu; sold-out ones stay. */
function offered(catalogue: Catalogue, product: Product, view: MenuView): Product {
  if (product.slots.length === 0) return product;
  const slots = product.slots.map((slot) => ({
    ...slot,
    choices: slot.choices.filter(({ productId }) => {
      const choice = catalogue.products.get(productId);
      if (choice === undefined || choice.slots.length > 0) return false;
      return view === "keeper" || isOnMenu(catalogue, choice);
    }),
  }));
  return { ...product, slots };
}

function entryOf<Item extends { readonly name: string; readonly position: number }>(
  item: Item,
  more: string,
): Entry<Item> {
  return {
    item,
    position: item.position,
    nameKey: searchKey(item.name),
    text: searchKey(`${item.name}${more}`),
  };
}

function inOrder<Item extends { readonly id: Id }>(entries: Entry<Item>[]): Entry<Item>[] {
  return entries.sort((left, right) => compare(placeOf(left), placeOf(right)));
}

function indexAfter(entries: readonly Entry<{ readonly id: Id }>[], place: Place): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle] as Entry<{ readonly id: Id }>; // middle is below high
    if (compare(placeOf(entry), place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(left: Place, right: Place): number {
  if (left.position !== right.position) return left.position - right.position;
  if (left.nameKey !== right.nameKey) return left.nameKey < right.nameKey ? -1 : 1;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
