import { subscribe } from "node:diagnostics_channel";
import type { App } from "@comanda/service-kit";
import { harvest, harvestBody, harvestHeaders, isPlain } from "./harvest.ts";
import { noteText } from "./planted.ts";

/** Answers worth reading for what a service gives out: tokens, codes, secrets. */
const GIVES = /"(?:\w*token|\w*code|recovery_codes|\w*secret|ticket)":/;

/**
 * Listens to every Fastify that this process makes from now on and to every `fetch`: what is sent and given out is
 * planted, refusals and events are kept to be searched.
 */
export function listen(): void {
  subscribe("fastify.initialization", (message) => {
    // What Fastify documents for this channel (its reference of hooks, "Diagnostics Channel Hooks"); typed `unknown`.
    const { fastify } = message as { readonly fastify: App };
    listenTo(fastify);
  });
  globalThis.fetch = listeningFetch(globalThis.fetch);
}

function listenTo(app: App): void {
  app.addHook("onRequest", (request, _reply, done) => {
    harvestHeaders(Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const));
    harvest(request.query);
    done();
  });
  // Before the schema is applied, which may take away what does not belong.
  app.addHook("preValidation", (request, _reply, done) => {
    const { body } = request;
    const type = request.headers["content-type"] ?? "";
    if (Buffer.isBuffer(body)) harvestBody(body.toString("utf8"), type);
    else harvest(body);
    // The gateway hands bodies on as streams, unread.
    const isRead = Array.isArray(body) || isPlain(body);
    if (isRead && type.includes("cloudevents")) noteText(`events to ${nameOf(app) ?? "another"}`, JSON.stringify(body));
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    if (typeof payload === "string") {
      if (GIVES.test(payload)) harvestBody(payload, "application/json");
      const name = nameOf(app);
      // What others refuse, the sandbox or a stand-in of a test, is not ours to search.
      if (reply.statusCode >= 400 && name !== null) {
        const place = `${reply.statusCode} of ${request.method} ${request.routeOptions.url ?? "nowhere"}`;
        noteText(`refusal of ${name}: ${place}`, `${JSON.stringify(reply.getHeaders())}\n${payload}`);
      }
    }
    done(null, payload);
  });
}

/** Services of ours log under their name; whoever does not is somebody else. */
function nameOf({ log }: App): string | null {
  const bindings: unknown = "bindings" in log && typeof log.bindings === "function" ? log.bindings() : null;
  const isNamed = typeof bindings === "object" && bindings !== null && "service" in bindings;
  return isNamed ? String(bindings.service) : null;
}

function listeningFetch(plain: typeof fetch): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    harvestHeaders(headers);
    const body = init?.body instanceof URLSearchParams ? init.body.toString() : init?.body;
    const type = init?.body instanceof URLSearchParams ? "x-www-form-urlencoded" : (headers.get("content-type") ?? "");
    if (typeof body === "string") {
      harvestBody(body, type);
      if (type.includes("cloudevents")) noteText("events sent", body);
    }
    const response = await plain(input, init);
    // Whoever asked need not wait for it, and may have gone before it ends.
    read(response).catch(() => undefined);
    return response;
  };
}

/** Reads a copy of what came back, where it is JSON and so has an end. */
async function read(response: Response): Promise<void> {
  if (response.headers.get("content-type")?.includes("json") !== true) return;
  const text = await response.clone().text();
  if (GIVES.test(text)) harvestBody(text, "application/json");
  if (response.status < 400) return;
  const head = JSON.stringify([...response.headers]);
  noteText(`refusal to fetch: ${response.status}`, `${head}\n${text}`);
}
