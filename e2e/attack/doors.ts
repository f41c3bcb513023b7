import { readMatrix } from "@comanda/testing/authorization-matrix";

/** What the gateway hands on, the longest first: everything else is asked directly. */
const DOORS: readonly string[] = [...readMatrix("gateway").access.keys()]
  .flatMap((route) => /^ANY (\/[^*]*[^/*])$/.exec(route)?.[1] ?? [])
  .sort((one, other) => other.length - one.length);

/** The forwarded path that this one lies behind, or `null` when the gateway does not hand it on. */
export function doorOf(path: string): string | null {
  return DOORS.find((door) => path === door || path.startsWith(`${door}/`)) ?? null;
}

/** Every forwarded path, as `/orders`. */
export function doors(): readonly string[] {
  return DOORS;
}
