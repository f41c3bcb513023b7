import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { makeIdempotency } from "../idempotency.ts";
import { addPages } from "../page/pages.ts";
import type { Deliveries } from "../webhooks/delivery.ts";
import type { World } from "../world.ts";
import { addClassicApi } from "./classic-api.ts";
import { addControl, controlErrorHandler } from "./control.ts";
import { addOnlineOrders } from "./online-orders.ts";
import { makeAddOperation } from "./operation.ts";
import { addOrders } from "./orders.ts";
import { sendProblem } from "./problems.ts";
import { classicRefusal, earlyRefusal } from "./refusals.ts";
import { addRequestFields } from "./request-fields.ts";
import { addTerminals } from "./terminals.ts";

/** Builds the HTTP side: the Mercado Pago API, the hosted pages, and what is the sandbox's own. */
export const buildHttp = (deps: {
  world: World;
  deliveries: Deliveries;
  isLogging: boolean;
  /** Resolves once the journal is loaded; requests that come earlier wait. */
  ready: () => Promise<void>;
}): FastifyInstance => {
  const { world } = deps;
  const app = Fastify({
    // Only what nobody expected is worth a line; every call of a busy day is not.
    logger: deps.isLogging ? { level: "error" } : false,
    genReqId: () => randomUUID(),
    requestTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 200 },
    // Nothing is coerced, dropped or defaulted: the API must refuse what the real one refuses.
    ajv: {
      customOptions: {
        allErrors: true,
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        strict: false,
      },
    },
  });
  addRequestFields(app);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    await deps.ready();
  });

  app.get("/health", () => ({ status: "ok" }));
  app.get("/ready", () => ({ status: "ok" }));
  app.register((api, _options, done) => {
    api.setErrorHandler(apiErrorHandler);
    const add = makeAddOperation(api, { world, idempotency: makeIdempotency(world) });
    addOrders(add, world);
    addTerminals(add, world);
    addOnlineOrders(add, world);
    addClassicApi(add, world);
    done();
  });
  app.register((control, _options, done) => {
    addControl(control, deps);
    done();
  });
  addPages(app, world);

  app.setErrorHandler(controlErrorHandler);
  app.setNotFoundHandler(answerNotFound);
  return app;
};

const apiErrorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const family = request.routeOptions.config.family ?? "classic";
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  if (typeof status === "number" && status >= 400 && status < 500) {
    const { body } = earlyRefusal(family, "json_syntax_error");
    return reply.code(status).send(body);
  }
  request.log.error(error);
  const refusal = earlyRefusal(family, "internal_error");
  return reply.code(refusal.status).send(refusal.body);
};

const answerNotFound = (request: FastifyRequest, reply: FastifyReply) => {
  if (request.url.startsWith("/sandbox")) return sendProblem({ request, reply }, { code: "not-found" });
  if (request.url.startsWith("/v1/orders")) {
    const refusal = earlyRefusal("orders", "resource_not_found");
    return reply.code(refusal.status).send(refusal.body);
  }
  const refusal = classicRefusal({ status: 404, error: "not_found", message: "resource not found" });
  return reply.code(refusal.status).send(refusal.body);
};
