import { IdSchema, PublicLine } from "@comanda/service-kit";
import { type Static, Type } from "typebox";
import type { Category } from "../domain/product.ts";
import { tidy } from "./tidy.ts";

const fields = {
  name: PublicLine({ max: 60 }),
  position: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower comes first" }),
  enabled: Type.Boolean({ description: "Whether guests see it" }),
};

export const CategorySchema = Type.Object(
  { id: IdSchema, ...fields },
  { examples: [{ id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0b01", name: "Lanches", position: 1, enabled: true }] },
);

export const NewCategorySchema = Type.Object(
  { name: fields.name, position: Type.Optional(fields.position), enabled: Type.Optional(fields.enabled) },
  { examples: [{ name: "Lanches", position: 1 }] },
);

export const CategoryChangeSchema = Type.Partial(Type.Object(fields), { examples: [{ enabled: false }] });

export function toCategory(body: Static<typeof NewCategorySchema>): Omit<Category, "id"> {
  return { name: tidy(body.name), position: body.position ?? 0, enabled: body.enabled ?? true };
}

export function toCategoryChange(body: Static<typeof CategoryChangeSchema>) {
  return { ...body, name: body.name === undefined ? undefined : tidy(body.name) };
}

export function renderCategory({ id, name, position, enabled }: Category): Static<typeof CategorySchema> {
  return { id, name, position, enabled };
}
