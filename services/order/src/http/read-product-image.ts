import { type App, houseProblem, IdParams } from "@comanda/service-kit";
import { Type } from "typebox";
import { isOnMenu } from "../domain/catalogue.ts";
import { findProductImage } from "../storage/product-images.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { IMAGE_TYPES } from "./image-type.ts";
import { isUnchanged } from "./menu-answers.ts";
import { viewOf } from "./menu-pages.ts";
import { notModified, readProblems } from "./menu-route.ts";

const binary = { schema: Type.Unsafe<Buffer>({ type: "string", format: "binary" }) };

const schema = {
  operationId: "read-product-image",
  summary: "The photo of a product",
  description: "`v` is the hash in `image_url`; with it the answer may be kept for ever.",
  tags: ["menu"],
  params: IdParams,
  querystring: Type.Object({ v: Type.Optional(Type.String({ maxLength: 64 })) }),
  response: {
    200: { description: "The photo", content: Object.fromEntries(IMAGE_TYPES.map((type) => [type, binary])) },
    ...notModified,
    ...readProblems("not-found", "unavailable"),
  },
};

export function registerReadProductImage(app: App, menu: Menu): void {
  app.get("/products/:id/image", { config: { access: "public" }, schema }, async (request, reply) => {
    const id = request.params.id.toLowerCase();
    const current = menu.catalogue.current();
    const product = current.products.get(id);
    if (product === undefined || (viewOf(request) === "guest" && !isOnMenu(current, product))) {
      throw houseProblem("not-found");
    }
    const image = await findProductImage(menu.db, id);
    if (image === null) throw houseProblem("not-found");
    const etag = `"${image.hash}"`;
    const lasting = request.query.v === image.hash;
    reply
      .header("etag", etag)
      .header("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache")
      .header("x-content-type-options", "nosniff");
    if (isUnchanged(request.headers["if-none-match"], etag)) return reply.code(304).send();
    return reply.type(image.contentType).send(image.bytes);
  });
}
