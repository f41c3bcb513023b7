/** What JSON can carry. */
export type Json = string | number | boolean | null | Json[] | JsonObject;

/** A JSON object; bodies we echo are kept in this form. An `undefined` member is simply not written. */
export type JsonObject = { [key: string]: Json | undefined };

/** Whether a value is a JSON object (not null, not a list). */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
