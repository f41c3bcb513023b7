import type { ReceiveResult } from "@comanda/messaging";
import { type App, callerOf, problemResponses, readJsonBody } from "@comanda/service-kit";
import { Type } from "typebox";

const BATCH_TYPE = "application/cloudevents-batch+json";
const BATCH_MAX_BYTES = 1024 * 1024;

const Batch = Type.Array(Type.Unknown(), { maxItems: 100 });

const schema = {
  operationId: "receive-events",
  tags: ["events"],
  summary: "Events of other services",
  description: "CloudEvents 1.0 in the batched content mode; each event gets an answer of its own.",
  consumes: [BATCH_TYPE],
  body: Batch,
  response: {
    200: Type.Object({
      results: Type.Array(
        Type.Object({
          id: Type.String(),
          outcome: Type.Enum(["done", "retry", "park"]),
          reason: Type.Optional(Type.String()),
        }),
      ),
    }),
    ...problemResponses([
      "malformed-json",
      "malformed-request",
      "unauthenticated",
      "forbidden",
      "body-too-large",
      "unsupported-media-type",
      "validation-failed",
      "internal",
      "unavailable",
    ]),
  },
} as const;

type Deps = {
  readonly takeEvents: (batch: readonly unknown[], producer: string) => Promise<readonly ReceiveResult[]>;
};

/** `POST /events` */
export async function receiveEventsRoute(app: App, { takeEvents }: Deps): Promise<void> {
  // A scope of its own: only this address takes the type of events, and nothing else.
  await app.register((scope: App, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>(BATCH_TYPE, { parseAs: "buffer" }, async (_request: unknown, bytes: Buffer) =>
      readJsonBody(bytes),
    );
    const options = { config: { access: ["service"] as const }, schema, bodyLimit: BATCH_MAX_BYTES };
    scope.post("/events", options, async (request) => ({
      // Who speaks is read from the token, never from the event.
      results: [...(await takeEvents(request.body, callerOf(request).clientId))],
    }));
    done();
  });
}
