import type { App } from "@comanda/service-kit";
import { problem } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { createProduct } from "../use-cases/create-product.ts";
import { MENU_KEEPERS, writeProblems } from "./menu-route.ts";
import { NewProductSchema, ProductSchema, renderProduct, toProductDraft } from "./product-schema.ts";

const schema = {
  operationId: "createProduct",
  summary: "Put a product on the menu",
  tags: ["menu"],
  body: NewProductSchema,
  response: { 201: ProductSchema, ...writeProblems("category-unknown", "slot-choice-impossible") },
};

export function registerCreateProduct(app: App, menu: Menu): void {
  app.post("/products", { config: { access: MENU_KEEPERS }, schema }, async (request, reply) => {
    const created = await createProduct(menu, toProductDraft(request.body));
    if (!created.ok) throw problem(created.refusal);
    return reply.code(201).header("location", `/products/${created.value.id}`).send(renderProduct(created.value));
  });
}
