/**
 * A business day begins at 05:00 in São Paulo (product §3.4), so that a night shift stays one day. São Paulo has kept
 * UTC−3 all year since 2019; the offset is asked of the time zone data all the same, since a law can change it again.
 */
export function businessDayOf(at: Date): string {
  const hour = Math.floor(at.getTime() / HOUR_MS);
  // Asking the time zone costs more than all the rest of an order; a day cannot begin inside a full hour.
  if (remembered.hour !== hour) remembered = { hour, day: dayAt(hour * HOUR_MS) };
  return remembered.day;
}

const HOUR_MS = 3_600_000;
const DAY_BEGINS_AT_HOUR = 5;
let remembered = { hour: Number.NaN, day: "" };

const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/Sao_Paulo",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  hourCycle: "h23",
});

function dayAt(ms: number): string {
  const read = new Map(parts.formatToParts(new Date(ms)).map(({ type, value }) => [type, value]));
  const midnight = Date.UTC(Number(read.get("year")), Number(read.get("month")) - 1, Number(read.get("day")));
  const isBeforeOpening = Number(read.get("hour")) < DAY_BEGINS_AT_HOUR;
  return new Date(isBeforeOpening ? midnight - 24 * HOUR_MS : midnight).toISOString().slice(0, 10);
}

/** A business day's first instant, and the first one that is no longer its own. */
export type DayBounds = { readonly from: Date; readonly to: Date };

/** When a business day (`2026-03-10`) begins and ends; `null` for text that names no day. */
export function boundsOfBusinessDay(day: string): DayBounds | null {
  const from = beginningOf(day);
  if (from === null) return null;
  const next = new Date(Date.parse(day) + 24 * HOUR_MS).toISOString().slice(0, 10);
  const to = beginningOf(next);
  return to === null ? null : { from, to };
}

/** How far west of Greenwich São Paulo may ever lie, in hours. */
const WEST_MAX_H = 6;

function beginningOf(day: string): Date | null {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  for (let west = 0; west <= WEST_MAX_H; west += 1) {
    const at = midnight + (DAY_BEGINS_AT_HOUR + west) * HOUR_MS;
    if (dayAt(at) === day) return new Date(at);
  }
  return null;
}
