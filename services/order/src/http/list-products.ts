import { type App, IdSchema, PageOf } from "@comanda/service-kit";
import { Type } from "typebox";
import { pageOfMenu } from "../domain/menu.ts";
import type { MenuAnswers } from "./menu-answers.ts";
import { menuListQuery, placeFromCursor, renderPage, viewOf } from "./menu-pages.ts";
import { notModified, readProblems } from "./menu-route.ts";
import { ProductSchema, renderProduct } from "./product-schema.ts";

const schema = {
  operationId: "list-products",
  summary: "The products of the menu, by position, then by name",
  tags: ["menu"],
  querystring: Type.Object({ category_id: Type.Optional(IdSchema), ...menuListQuery }),
  response: { 200: PageOf(ProductSchema), ...notModified, ...readProblems() },
};

export function registerListProducts(app: App, answers: MenuAnswers): void {
  app.get("/products", { config: { access: "public" }, schema }, async (request, reply) => {
    const { limit, cursor, enabled, q } = request.query;
    const categoryId = request.query.category_id?.toLowerCase();
    return answers(request, reply, {
      view: viewOf(request),
      key: q === undefined ? `products ${limit} ${enabled} ${categoryId} ${cursor}` : null,
      answer: ({ products }) =>
        renderPage(
          "products",
          pageOfMenu(products, { after: placeFromCursor("products", cursor), limit, enabled, categoryId, q }),
          renderProduct,
        ),
    });
  });
}
