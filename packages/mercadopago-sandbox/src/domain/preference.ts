import { isJsonObject, type JsonObject } from "../json.ts";
import { instantMs } from "./dates.ts";

/** A payment link of Checkout Pro: what the seller sent, and what it sums up to (centavos). */
export type Preference = {
  id: string;
  userId: string;
  applicationId: string;
  /** The request's members as they came; answered back and read when the link is opened. */
  content: JsonObject;
  totalCents: number;
  createdMs: number;
  updatedMs: number;
  /** Groups the attempts to pay this link; made at the first attempt. */
  merchantOrderId: number | null;
  /** When an attempt was approved; a paid link takes no other payment. */
  paidMs: number | null;
};

/** Whether a link may be paid now, by its own validity window. */
export const preferenceWindow = (preference: Preference, nowMs: number): "open" | "not_yet" | "expired" => {
  const { expires, expiration_date_from: from, expiration_date_to: to } = preference.content;
  if (expires === false) return "open";
  const [fromMs, toMs] = [from, to].map((date) => (typeof date === "string" ? instantMs(date) : undefined));
  if (toMs !== undefined && toMs <= nowMs) return "expired";
  return fromMs !== undefined && fromMs > nowMs ? "not_yet" : "open";
};

/** A text member of the link's content, or null. */
export const preferenceText = (preference: Preference, name: string): string | null => {
  const value = preference.content[name];
  return typeof value === "string" && value !== "" ? value : null;
};

/** What the link sells, as the seller sent it. */
export const itemsOf = ({ content: { items } }: Preference): JsonObject[] =>
  Array.isArray(items) ? items.filter(isJsonObject) : [];
