import { uuidv7 } from "uuidv7";

/** A UUIDv7 in its lower-case text form (RFC 9562); sorts by time of birth. */
export type Id = string;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Makes a new id. Ids are names, not secrets: whoever needs a secret takes 32 random bytes (ASVS V11). */
export function newId(): Id {
  return uuidv7();
}

/** Says whether `text` has the form of a UUID, in either letter case. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** When the id was made, in ms since the epoch, read from its first 48 bits; `NaN` for text that is no UUID. */
export function idTimeMs(id: Id): number {
  return isId(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.NaN;
}

/**
 * The smallest id that can have been made at `at`: whatever was made earlier sorts before it, so that a range of ids is a
 * range of time. It names nothing itself.
 */
export function firstIdAt(at: Date): Id {
  const hex = at.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
