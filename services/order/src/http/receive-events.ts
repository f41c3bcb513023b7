import { type App, callerOf, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Ordering } from "../ordering.ts";

const BATCH_MAX = 100;
const BODY_LIMIT_BYTES = 1024 * 1024;
const ONE = "application/cloudevents+json";
const MANY = "application/cloudevents-batch+json";

const Result = Type.Object({
  id: Type.String(),
  outcome: Type.Enum(["done", "retry", "park"]),
  reason: Type.Optional(Type.String()),
});

const schema = {
  operationId: "receiveEvents",
  summary: "Events of other services",
  description: `CloudEvents 1.0, one (\`${ONE}\`) or a batch (\`${MANY}\`); each is answered by itself.`,
  tags: ["events"],
  response: {
    200: Type.Object({ results: Type.Array(Result) }),
    ...problemResponses(["malformed-json", "unauthenticated", "forbidden", "unsupported-media-type", "unavailable"]),
  },
};

/** What services say to this one. A type is believed only from the service that owns it, by its token. */
export function registerReceiveEvents(app: App, { receiveEvents }: Ordering): void {
  // In a context of its own: nowhere else is anything but plain JSON taken.
  app.register((events, _options, done) => {
    events.addContentTypeParser([ONE, MANY], { parseAs: "string" }, events.getDefaultJsonParser("error", "error"));
    events.post(
      "/events",
      { config: { access: ["service"] }, schema, bodyLimit: BODY_LIMIT_BYTES },
      async (request) => {
        const batch: readonly unknown[] = Array.isArray(request.body) ? request.body : [request.body];
        const results = await receiveEvents(batch.slice(0, BATCH_MAX), callerOf(request).clientId);
        return { results: [...results] };
      },
    );
    done();
  });
}
