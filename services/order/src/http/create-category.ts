import { type App, callerOf } from "@comanda/service-kit";
import type { Menu } from "../use-cases/change-menu.ts";
import { createCategory } from "../use-cases/create-category.ts";
import { CategorySchema, NewCategorySchema, renderCategory, toCategory } from "./category-schema.ts";
import { MENU_KEEPERS, menuProblemOf, ONCE_PROBLEMS, writeProblems } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";
import { IdempotencyHeaders, REPLAYED, requestKeyOf } from "./request-key.ts";

const schema = {
  operationId: "create-category",
  summary: "Add a shelf to the menu",
  tags: ["menu"],
  headers: IdempotencyHeaders,
  body: NewCategorySchema,
  response: { 201: CategorySchema, ...writeProblems("category-name-taken", ...ONCE_PROBLEMS) },
};

export function registerCreateCategory(app: App, menu: Menu): void {
  app.post(
    "/categories",
    { config: { access: MENU_KEEPERS, audit: "create-category" }, schema },
    async (request, reply) => {
      const created = await createCategory(
        noteMenu(menu, request, "categories"),
        toCategory(request.body),
        requestKeyOf(request, callerOf(request)),
      );
      if (!created.ok) throw menuProblemOf(created.refusal);
      const { value, isReplay } = created.value;
      if (isReplay) reply.headers(REPLAYED);
      return reply.code(201).header("location", `/categories/${value.id}`).send(renderCategory(value));
    },
  );
}
