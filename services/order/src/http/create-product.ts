import { type App, callerOf } from "@comanda/service-kit";
import type { Menu } from "../use-cases/change-menu.ts";
import { createProduct } from "../use-cases/create-product.ts";
import { checkImageUrl } from "./check-image-url.ts";
import { MENU_KEEPERS, menuProblemOf, ONCE_PROBLEMS, writeProblems } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";
import { NewProductSchema, ProductSchema, renderProduct, toProductDraft } from "./product-schema.ts";
import { IdempotencyHeaders, REPLAYED, requestKeyOf } from "./request-key.ts";

const schema = {
  operationId: "create-product",
  summary: "Put a product on the menu",
  tags: ["menu"],
  headers: IdempotencyHeaders,
  body: NewProductSchema,
  response: { 201: ProductSchema, ...writeProblems("category-unknown", "slot-choice-impossible", ...ONCE_PROBLEMS) },
};

export function registerCreateProduct(app: App, menu: Menu): void {
  app.post(
    "/products",
    { config: { access: MENU_KEEPERS, audit: "create-product" }, schema },
    async (request, reply) => {
      await checkImageUrl(request.body.image_url);
      const created = await createProduct(
        noteMenu(menu, request, "products"),
        toProductDraft(request.body),
        requestKeyOf(request, callerOf(request)),
      );
      if (!created.ok) throw menuProblemOf(created.refusal);
      const { value, isReplay } = created.value;
      if (isReplay) reply.headers(REPLAYED);
      return reply.code(201).header("location", `/products/${value.id}`).send(renderProduct(value));
    },
  );
}
