import { type App, problemResponses } from "@comanda/service-kit";
import { Type } from "typebox";
import { paymentProblem, paymentProblems } from "../problems.ts";
import type { IncomingNotice, NoticeOutcome } from "../use-cases/receive-notice.ts";

const schema = {
  operationId: "receive-notice",
  tags: ["provider"],
  summary: "Mercado Pago's notifications",
  description:
    "Signed by Mercado Pago, not by a token. Stored, then answered; the body is never believed: the state is read back from Mercado Pago afterwards.",
  querystring: Type.Object({}, { additionalProperties: true }),
  response: {
    200: Type.Object({ received: Type.Literal(true) }),
    ...problemResponses(
      ["malformed-request", "signature-invalid", "body-too-large", "internal", "unavailable"],
      paymentProblems,
    ),
  },
} as const;

type Deps = { readonly receiveNotice: (notice: IncomingNotice) => Promise<NoticeOutcome> };

/** `POST /payments/webhook` */
export async function receiveNoticeRoute(app: App, { receiveNotice }: Deps): Promise<void> {
  await app.register((scope: App, _options, done) => {
    // The raw body is kept for the record, whatever type it claims to be, readable or not.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, taken) => taken(null, body));
    scope.post("/payments/webhook", { config: { access: "tokenless" }, schema }, async (request) => {
      const outcome = await receiveNotice({
        query: textsOf(request.query),
        xSignature: textOf(request.headers["x-signature"]),
        xRequestId: textOf(request.headers["x-request-id"]),
        // PostgreSQL's text has no room for NUL.
        rawBody: Buffer.isBuffer(request.body) ? request.body.toString("utf8").replaceAll("\0", "\ufffd") : "",
      });
      request.log.info({ outcome, topic: textsOf(request.query)["type"]?.slice(0, 64) }, "notification");
      if (outcome !== "refused") return { received: true as const };
      throw paymentProblem("signature-invalid", { headers: { "www-authenticate": "HMAC-SHA256" } });
    });
    done();
  });
}

function textsOf(query: unknown): Record<string, string | undefined> {
  if (typeof query !== "object" || query === null) return {};
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, textOf(value)]));
}

/** The first one, when a name is said twice. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}
