import type { App } from "@comanda/service-kit";
import { problem } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { createCategory } from "../use-cases/create-category.ts";
import { CategorySchema, NewCategorySchema, renderCategory, toCategory } from "./category-schema.ts";
import { MENU_KEEPERS, writeProblems } from "./menu-route.ts";

const schema = {
  operationId: "createCategory",
  summary: "Add a shelf to the menu",
  tags: ["menu"],
  body: NewCategorySchema,
  response: { 201: CategorySchema, ...writeProblems("category-name-taken") },
};

export function registerCreateCategory(app: App, menu: Menu): void {
  app.post("/categories", { config: { access: MENU_KEEPERS }, schema }, async (request, reply) => {
    const created = await createCategory(menu, toCategory(request.body));
    if (!created.ok) throw problem(created.refusal);
    return reply.code(201).header("location", `/categories/${created.value.id}`).send(renderCategory(created.value));
  });
}
