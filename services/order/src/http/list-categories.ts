import { type App, PageOf } from "@comanda/service-kit";
import { Type } from "typebox";
import { pageOfMenu } from "../domain/menu.ts";
import { CategorySchema, renderCategory } from "./category-schema.ts";
import type { MenuAnswers } from "./menu-answers.ts";
import { menuListQuery, placeFromCursor, renderPage, viewOf } from "./menu-pages.ts";
import { notModified, readProblems } from "./menu-route.ts";

const schema = {
  operationId: "list-categories",
  summary: "The shelves of the menu, by position, then by name",
  tags: ["menu"],
  querystring: Type.Object(menuListQuery),
  response: { 200: PageOf(CategorySchema), ...notModified, ...readProblems() },
};

export function registerListCategories(app: App, answers: MenuAnswers): void {
  app.get("/categories", { config: { access: "public" }, schema }, async (request, reply) => {
    const { limit, cursor, enabled, q } = request.query;
    return answers(request, reply, {
      view: viewOf(request),
      key: q === undefined ? `categories ${limit} ${enabled} ${cursor}` : null,
      answer: ({ categories }) =>
        renderPage(
          "categories",
          pageOfMenu(categories, { after: placeFromCursor("categories", cursor), limit, enabled, q }),
          renderCategory,
        ),
    });
  });
}
