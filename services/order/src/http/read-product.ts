import { type App, houseProblem, IdParams } from "@comanda/service-kit";
import type { MenuAnswers } from "./menu-answers.ts";
import { viewOf } from "./menu-pages.ts";
import { notModified, readProblems } from "./menu-route.ts";
import { ProductSchema, renderProduct } from "./product-schema.ts";

const schema = {
  operationId: "read-product",
  summary: "One product of the menu",
  tags: ["menu"],
  params: IdParams,
  response: { 200: ProductSchema, ...notModified, ...readProblems("not-found") },
};

export function registerReadProduct(app: App, answers: MenuAnswers): void {
  app.get("/products/:id", { config: { access: "public" }, schema }, async (request, reply) => {
    const id = request.params.id.toLowerCase();
    return answers(request, reply, {
      view: viewOf(request),
      key: `product ${id}`,
      answer: ({ products }) => {
        const found = products.find(({ item }) => item.id === id);
        if (found === undefined) throw houseProblem("not-found");
        return renderProduct(found.item);
      },
    });
  });
}
