import { type App, callerOf, houseProblem, IdParams, isGranted } from "@comanda/service-kit";
import { isOnMenu } from "../domain/catalogue.ts";
import { problem } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { editProduct } from "../use-cases/edit-product.ts";
import { checkImageUrl } from "./check-image-url.ts";
import { MENU_KEEPERS, SOLD_OUT_SAYERS, writeProblems } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";
import { ProductChangeSchema, ProductSchema, renderProduct, toProductChange } from "./product-schema.ts";

const schema = {
  operationId: "edit-product",
  summary: "Change a product; what is not sent stays, lists are replaced whole",
  description: "Kitchen and cashier may change `available` only: sold out, or there again.",
  tags: ["menu"],
  params: IdParams,
  body: ProductChangeSchema,
  response: { 200: ProductSchema, ...writeProblems("not-found", "category-unknown", "slot-choice-impossible") },
};

export function registerEditProduct(app: App, menu: Menu): void {
  app.patch(
    "/products/:id",
    { config: { access: SOLD_OUT_SAYERS, audit: "edit-product" }, schema },
    async (request) => {
      const id = request.params.id.toLowerCase();
      if (!isGranted(callerOf(request), MENU_KEEPERS)) {
        if (Object.keys(request.body).some((field) => field !== "available")) throw houseProblem("forbidden");
        const current = menu.catalogue.current();
        const product = current.products.get(id);
        // What they cannot see is not there for them.
        if (product === undefined || !isOnMenu(current, product)) throw houseProblem("not-found");
      }
      await checkImageUrl(request.body.image_url);
      const edited = await editProduct(noteMenu(menu, request, "products"), id, toProductChange(request.body));
      if (!edited.ok) throw problem(edited.refusal);
      return renderProduct(edited.value);
    },
  );
}
