import { type AuditDetails, noteAct } from "@comanda/audit";
import { priceChanges } from "../domain/price-changes.ts";
import type { Product } from "../domain/product.ts";
import type { Menu } from "../use-cases/change-menu.ts";

type Asking = Parameters<typeof noteAct>[0];

/** The menu, with every change of it written into the audit trail in its own transaction: which fields, and all prices. */
export function noteMenu(menu: Menu, request: Asking, kind: "categories" | "products"): Menu {
  const note = noteAct(request, { kind });
  return {
    ...menu,
    note: async (tx, { value, before }) => {
      const price = { from: priceOf(before), to: priceOf(value) };
      await note(tx, textOf(value, "id") ?? textOf(request.params, "id")?.toLowerCase() ?? "", {
        ...fieldsOf(request.body),
        ...(price.to === null || price.from === price.to ? {} : { price_cents: price.to }),
        ...(price.from === null || price.from === price.to ? {} : { price_cents_before: price.from }),
        ...pricesWithin(before, value),
      });
    },
  };
}

/** Of options and of what fills a combo: `option Bacon <id>: 200 → 300`. */
function pricesWithin(before: unknown, value: unknown): AuditDetails {
  if (!isProduct(value)) return {};
  const changes = priceChanges(isProduct(before) ? before : null, value);
  const words = changes.map(({ of, id, name, from, to }) => `${of} ${name} ${id}: ${from ?? "none"} → ${to ?? "none"}`);
  return words.length === 0 ? {} : { prices: words };
}

function isProduct(thing: unknown): thing is Product {
  return typeof thing === "object" && thing !== null && "optionGroups" in thing && "slots" in thing;
}

/** Names only: what a description says is no business of the trail. */
function fieldsOf(body: unknown): AuditDetails {
  if (typeof body !== "object" || body === null || Buffer.isBuffer(body)) return {};
  return { fields: Object.keys(body).sort() };
}

function textOf(thing: unknown, name: string): string | null {
  const value: unknown = typeof thing === "object" && thing !== null ? Reflect.get(thing, name) : null;
  return typeof value === "string" ? value : null;
}

function priceOf(thing: unknown): number | null {
  const price: unknown = typeof thing === "object" && thing !== null ? Reflect.get(thing, "priceCents") : null;
  return typeof price === "number" ? price : null;
}
