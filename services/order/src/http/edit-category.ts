import { type App, IdParams } from "@comanda/service-kit";
import { problem } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { editCategory } from "../use-cases/edit-category.ts";
import { CategoryChangeSchema, CategorySchema, renderCategory, toCategoryChange } from "./category-schema.ts";
import { MENU_KEEPERS, writeProblems } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";

const schema = {
  operationId: "edit-category",
  summary: "Change a shelf of the menu; what is not sent stays",
  tags: ["menu"],
  params: IdParams,
  body: CategoryChangeSchema,
  response: { 200: CategorySchema, ...writeProblems("not-found", "category-name-taken") },
};

export function registerEditCategory(app: App, menu: Menu): void {
  app.patch(
    "/categories/:id",
    { config: { access: MENU_KEEPERS, audit: "edit-category" }, schema },
    async (request) => {
      const edited = await editCategory(
        noteMenu(menu, request, "categories"),
        request.params.id.toLowerCase(),
        toCategoryChange(request.body),
      );
      if (!edited.ok) throw problem(edited.refusal);
      return renderCategory(edited.value);
    },
  );
}
