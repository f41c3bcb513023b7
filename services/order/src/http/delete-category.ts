import { type App, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { problem, problems } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { deleteCategory } from "../use-cases/delete-category.ts";
import { MENU_KEEPERS } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";

const schema = {
  operationId: "delete-category",
  summary: "Remove an empty shelf",
  tags: ["menu"],
  params: IdParams,
  response: {
    204: Type.Null(),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "category-in-use", "unavailable"], problems),
  },
};

export function registerDeleteCategory(app: App, menu: Menu): void {
  app.delete(
    "/categories/:id",
    { config: { access: MENU_KEEPERS, audit: "delete-category" }, schema },
    async (request, reply) => {
      const deleted = await deleteCategory(noteMenu(menu, request, "categories"), request.params.id.toLowerCase());
      if (!deleted.ok) throw problem(deleted.refusal);
      return reply.code(204).send(null);
    },
  );
}
