import { type App, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { problem, problems } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { deleteProduct } from "../use-cases/delete-product.ts";
import { MENU_KEEPERS } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";

const schema = {
  operationId: "delete-product",
  summary: "Take a product off the menu for good; orders keep what they hold of it",
  tags: ["menu"],
  params: IdParams,
  response: {
    204: Type.Null(),
    ...problemResponses(["unauthenticated", "forbidden", "not-found", "unavailable"], problems),
  },
};

export function registerDeleteProduct(app: App, menu: Menu): void {
  app.delete(
    "/products/:id",
    { config: { access: MENU_KEEPERS, audit: "delete-product" }, schema },
    async (request, reply) => {
      const deleted = await deleteProduct(noteMenu(menu, request, "products"), request.params.id.toLowerCase());
      if (!deleted.ok) throw problem(deleted.refusal);
      return reply.code(204).send(null);
    },
  );
}
