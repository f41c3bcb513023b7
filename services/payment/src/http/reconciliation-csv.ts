import type { ReconciliationReport } from "../domain/reconciliation.ts";
import { viewOfDifference } from "./reconciliation-schema.ts";

const COLUMNS = [
  "date",
  "class",
  "outcome",
  "payment_id",
  "order_id",
  "provider_id",
  "provider_payment_id",
  "our_status",
  "our_came_cents",
  "our_returned_cents",
  "their_status",
  "their_came_cents",
  "their_returned_cents",
  "difference_cents",
] as const;

/** The differences of a run as a table for a spreadsheet: RFC 4180, amounts in centavos, one head line. */
export function csvOf({ day, items }: ReconciliationReport): string {
  const rows = items
    .map(viewOfDifference)
    .map((item) => [
      day,
      item.class,
      item.outcome,
      item.payment_id,
      item.order_id,
      item.provider_id,
      item.provider_payment_id,
      item.ours?.status ?? null,
      item.ours?.came_cents ?? null,
      item.ours?.returned_cents ?? null,
      item.theirs?.status ?? null,
      item.theirs?.came_cents ?? null,
      item.theirs?.returned_cents ?? null,
      item.difference_cents,
    ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/**
 * A field. What comes from outside may begin like a formula, which a spreadsheet would carry out; an apostrophe before
 * it makes it text (OWASP, CSV injection).
 */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
