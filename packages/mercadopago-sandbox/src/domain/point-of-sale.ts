import type { JsonObject } from "../json.ts";

/** A physical store of a seller. `content` holds the request's members, answered back as they came. */
export type PhysicalStore = {
  id: number;
  userId: string;
  name: string;
  externalId: string | null;
  content: JsonObject;
  createdMs: number;
};

/** A point of sale ("caixa") of a store; QR orders name it by `externalId`. */
export type PointOfSale = {
  id: number;
  uuid: string;
  userId: string;
  storeId: number;
  name: string;
  externalId: string | null;
  content: JsonObject;
  /** The printed code of the till: it pays the till's open static or hybrid order. */
  qrData: string;
  createdMs: number;
  updatedMs: number;
};
