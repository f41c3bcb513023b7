import type { FastifyInstance } from "fastify";
import type { Seller } from "../sellers.ts";
import type { Family } from "./refusals.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whose token came with an API request; null until it was checked. */
    seller: Seller | null;
    /** The body as it came: idempotency compares its digest. */
    rawBody: string;
  }
  interface FastifyContextConfig {
    family?: Family;
  }
}

/** Declares what we hang on a request, and reads bodies: forms as such, all else as JSON (the SDK says so even of none). */
export const addRequestFields = (app: FastifyInstance): void => {
  app.decorateRequest("rawBody", "");
  app.decorateRequest("seller", null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, raw, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(raw)))),
  );
  app.addContentTypeParser("*", { parseAs: "string" }, (request, raw, done) => {
    request.rawBody = String(raw);
    if (request.rawBody === "") return done(null, undefined);
    try {
      done(null, JSON.parse(request.rawBody));
    } catch (cause) {
      done(Object.assign(new Error("malformed JSON", { cause }), { statusCode: 400, code: "MALFORMED_JSON" }));
    }
  });
};
