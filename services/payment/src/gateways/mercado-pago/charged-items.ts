import type { Charge, ChargeItem } from "../../domain/charge.ts";

const TITLE_MAX = 100;

/**
 * The lines to show to the payer. Lines that do not add up to the amount (options, combos) become one line, since a
 * payment link charges the sum of its lines and nothing else.
 */
export function chargedItems(charge: Charge): readonly Omit<ChargeItem, "id">[] {
  const sum = charge.items.reduce((total, { quantity, unitPriceCents }) => total + quantity * unitPriceCents, 0);
  const isExact = sum === charge.amountCents && charge.items.every(({ unitPriceCents }) => unitPriceCents > 0);
  const items = isExact
    ? charge.items
    : [{ title: charge.description, quantity: 1, unitPriceCents: charge.amountCents }];
  return items.map((item) => ({ ...item, title: item.title.slice(0, TITLE_MAX) }));
}
