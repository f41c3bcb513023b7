import type { Generated } from "kysely";

/** A row of `categories`. `name_key` is the name as it is compared: without case and accents. */
export type CategoryRow = {
  id: string;
  name: string;
  name_key: string;
  position: number;
  enabled: boolean;
};

/** A row of `products`; `details` holds what is only ever read and written as a whole. */
export type ProductRow = {
  id: string;
  /** `null` only for a removed product whose category was removed too. */
  category_id: string | null;
  name: string;
  price_cents: number;
  position: number;
  enabled: boolean;
  available: boolean;
  /** jsonb: written as text, read as an object. */
  details: unknown;
  deleted_at: Date | null;
};

type ProductImageRow = { product_id: string; hash: string; content_type: string; bytes: Buffer };

/** The one row that every write of the menu raises. */
type CatalogueVersionRow = { single: Generated<boolean>; version: number; filled: boolean };

/** The tables of this service. */
export type OrderTables = {
  categories: CategoryRow;
  products: ProductRow;
  product_images: ProductImageRow;
  catalogue_version: CatalogueVersionRow;
};
