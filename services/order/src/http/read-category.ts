import { type App, houseProblem, IdParams } from "@comanda/service-kit";
import { CategorySchema, renderCategory } from "./category-schema.ts";
import type { MenuAnswers } from "./menu-answers.ts";
import { viewOf } from "./menu-pages.ts";
import { notModified, readProblems } from "./menu-route.ts";

const schema = {
  operationId: "read-category",
  summary: "One shelf of the menu",
  tags: ["menu"],
  params: IdParams,
  response: { 200: CategorySchema, ...notModified, ...readProblems("not-found") },
};

export function registerReadCategory(app: App, answers: MenuAnswers): void {
  app.get("/categories/:id", { config: { access: "public" }, schema }, async (request, reply) => {
    const id = request.params.id.toLowerCase();
    return answers(request, reply, {
      view: viewOf(request),
      key: `category ${id}`,
      answer: ({ categories }) => {
        const found = categories.find(({ item }) => item.id === id);
        if (found === undefined) throw houseProblem("not-found");
        return renderCategory(found.item);
      },
    });
  });
}
