import { type App, callerOf, houseProblem, problemResponses, readJsonBody } from "@comanda/service-kit";
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
  operationId: "receive-events",
  summary: "Events of other services",
  description: `CloudEvents 1.0, one (\`${ONE}\`) or a batch of at most ${BATCH_MAX} (\`${MANY}\`); each is answered by itself.`,
  tags: ["events"],
  consumes: [MANY, ONE],
  body: Type.Array(Type.Unknown({ description: "A CloudEvent" }), { maxItems: BATCH_MAX }),
  response: {
    200: Type.Object({ results: Type.Array(Result) }),
    ...problemResponses([
      "malformed-json",
      "unauthenticated",
      "forbidden",
      "body-too-large",
      "unsupported-media-type",
      "validation-failed",
      "unavailable",
    ]),
  },
};

/** What services say to this one. A type is believed only from the service that owns it, by its token. */
export function registerReceiveEvents(app: App, { receiveEvents }: Ordering): void {
  // In a context of its own: nowhere else is anything but plain JSON taken.
  app.register((events, _options, done) => {
    events.removeAllContentTypeParsers();
    events.addContentTypeParser<Buffer>(ONE, { parseAs: "buffer" }, async (_request: unknown, bytes: Buffer) => [
      readJsonBody(bytes),
    ]);
    events.addContentTypeParser<Buffer>(MANY, { parseAs: "buffer" }, async (_request: unknown, bytes: Buffer) =>
      readJsonBody(bytes),
    );
    events.post(
      "/events",
      // The schema is for readers: what is no batch is told apart below, from what has no type at all.
      {
        config: { access: ["service"] },
        schema,
        bodyLimit: BODY_LIMIT_BYTES,
        validatorCompiler: () => () => true,
      },
      async (request) => {
        const results = await receiveEvents(batchOf(request.body), callerOf(request).clientId);
        return { results: [...results] };
      },
    );
    done();
  });
}

/** Nothing of a batch is dropped in silence: what is too much is refused whole, and its sender keeps it. */
function batchOf(body: unknown): readonly unknown[] {
  // Only a request that said nothing at all gets here without having named a type.
  if (body === undefined || body === null) throw houseProblem("unsupported-media-type");
  if (Array.isArray(body) && body.length <= BATCH_MAX) return body;
  const words = {
    pt: `precisa ser uma lista de até ${BATCH_MAX} eventos`,
    en: `must be a list of at most ${BATCH_MAX} events`,
  };
  throw houseProblem("validation-failed", { faults: [{ path: "/", words }] });
}
