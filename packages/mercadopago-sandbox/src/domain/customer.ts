import type { JsonObject } from "../json.ts";
import type { CardFace } from "./card.ts";

/** Somebody a seller keeps; `content` holds the request's members, answered back as they came. Epoch ms. */
export type Customer = {
  id: string;
  userId: string;
  email: string;
  content: JsonObject;
  createdMs: number;
  updatedMs: number;
};

/** A card kept for a customer: what may be shown of it, never its number. Epoch ms. */
export type SavedCard = {
  id: string;
  userId: string;
  customerId: string;
  card: CardFace;
  securityCodeLength: number;
  createdMs: number;
  updatedMs: number;
};
