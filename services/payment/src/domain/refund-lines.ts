import { type Cents, ok, type Result, refuse } from "@comanda/primitives";
import type { Charge, ChargeItem, RefundLine } from "./charge.ts";

/** A line that is to be given back; `quantity` null means all that is left of it. */
export type WantedLine = { readonly itemId: string; readonly quantity: number | null };

/** Why a line cannot be given back. */
export type LineRefusal =
  | { readonly kind: "unknown-item"; readonly itemId: string }
  | { readonly kind: "item-already-refunded"; readonly itemId: string; readonly leftQuantity: number };

/** What of a line can still be given back. */
export type LineLeft = { readonly item: ChargeItem; readonly leftQuantity: number };

/**
 * Names the lines of a charge: as their maker did, else by their place, from 1. A name said twice would let one line be
 * given back for the other, so then all of them go by their place.
 */
export function nameItems(items: readonly (Omit<ChargeItem, "id"> & { readonly id?: string | undefined })[]) {
  const places = items.map((item, index): ChargeItem => ({ ...item, id: String(index + 1) }));
  const named = places.map((item, index): ChargeItem => ({ ...item, id: items[index]?.id ?? item.id }));
  return new Set(named.map(({ id }) => id)).size === named.length ? named : places;
}

/** Each line of the charge with what of it no refund has asked for yet. A refund that failed gave nothing back. */
export function linesLeft(charge: Charge): readonly LineLeft[] {
  return charge.items.map((item) => ({ item, leftQuantity: item.quantity - committedQuantity(charge, item.id) }));
}

/**
 * The lines of a new refund, with what each of them cost. No part of a line goes back twice.
 * @returns a refusal for a line that the charge has not, or has not that much of any more
 */
export function takeLines(charge: Charge, wanted: readonly WantedLine[]): Result<readonly RefundLine[], LineRefusal> {
  const left = new Map(linesLeft(charge).map(({ item, leftQuantity }) => [item.id, { item, leftQuantity }]));
  const taken: RefundLine[] = [];
  for (const { itemId, quantity: asked } of wanted) {
    const line = left.get(itemId);
    if (line === undefined) return refuse({ kind: "unknown-item", itemId });
    const { item, leftQuantity } = line;
    const quantity = asked ?? leftQuantity;
    if (quantity < 1 || quantity > leftQuantity) return refuse({ kind: "item-already-refunded", itemId, leftQuantity });
    left.set(itemId, { item, leftQuantity: leftQuantity - quantity });
    taken.push({ itemId, quantity, amountCents: quantity * item.unitPriceCents });
  }
  return ok(taken);
}

/** What lines cost together, in centavos. */
export function centsOfLines(lines: readonly RefundLine[]): Cents {
  return lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
}

function committedQuantity({ refunds }: Charge, itemId: string): number {
  return refunds
    .filter(({ status }) => status !== "failed")
    .flatMap(({ lines }) => lines)
    .filter((line) => line.itemId === itemId)
    .reduce((sum, { quantity }) => sum + quantity, 0);
}
