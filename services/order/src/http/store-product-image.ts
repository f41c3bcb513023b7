import { type App, houseProblem, IdParams, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { problem, problems } from "../problems.ts";
import type { Menu } from "../use-cases/change-menu.ts";
import { storeProductImage } from "../use-cases/store-product-image.ts";
import { isTooLargeToShow } from "./image-size.ts";
import { IMAGE_TYPES, imageTypeOf } from "./image-type.ts";
import { MENU_KEEPERS } from "./menu-route.ts";
import { noteMenu } from "./note-menu.ts";
import { ProductSchema, renderProduct } from "./product-schema.ts";

const IMAGE_MAX_BYTES = 2 * 1024 * 1024;

const schema = {
  operationId: "store-product-image",
  summary: "Store the photo of a product: PNG, JPEG or WebP, at most 2 MiB and 24 megapixels",
  tags: ["menu"],
  params: IdParams,
  // For the document only: bytes have no schema, and the handler looks at them.
  body: { content: Object.fromEntries(IMAGE_TYPES.map((type) => [type, { schema: Type.Unsafe<Buffer>({}) }])) },
  response: {
    200: ProductSchema,
    ...problemResponses(
      [
        "unauthenticated",
        "forbidden",
        "not-found",
        "body-too-large",
        "unsupported-media-type",
        "image-not-recognised",
        "image-too-large",
        "unavailable",
      ],
      problems,
    ),
  },
};

export function registerStoreProductImage(app: App, menu: Menu): void {
  // A scope of its own: elsewhere a photo is no body, and here JSON is none.
  void app.register((scope: App, _options, done) => {
    scope.removeAllContentTypeParsers();
    const parsing = { parseAs: "buffer", bodyLimit: IMAGE_MAX_BYTES } as const;
    scope.addContentTypeParser([...IMAGE_TYPES], parsing, (_request, bytes, done) => done(null, bytes));

    const options = {
      config: { access: MENU_KEEPERS, audit: "store-product-image" },
      schema,
      bodyLimit: IMAGE_MAX_BYTES,
    };
    scope.put("/products/:id/image", options, async (request) => {
      const bytes: unknown = request.body;
      if (!Buffer.isBuffer(bytes)) throw houseProblem("unsupported-media-type");
      const contentType = imageTypeOf(bytes);
      if (contentType === null || !request.headers["content-type"]?.toLowerCase().startsWith(contentType)) {
        throw problem("image-not-recognised");
      }
      if (isTooLargeToShow(bytes, contentType)) throw problem("image-too-large");
      const stored = await storeProductImage(noteMenu(menu, request, "products"), request.params.id.toLowerCase(), {
        contentType,
        bytes,
      });
      if (!stored.ok) throw problem(stored.refusal);
      return renderProduct(stored.value);
    });
    done();
  });
}
