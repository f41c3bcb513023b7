import type { FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import type { Access } from "./caller.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import type { App } from "./service.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Its answers have all their headers already. Set by `readyRoute` alone: whoever says so must send them. */
    writesHeaders?: true;
  }
}

/**
 * An answer that was written before it was asked for: its JSON, and all headers but the request's own, as names and values
 * in turn: the form of which Node makes a head with the least ado.
 */
export type ReadyAnswer = { readonly json: string; readonly head: readonly string[] };

/**
 * Writes an answer of status 200 down, to be sent as often as it holds.
 * @param value becomes JSON
 * @param headers what it carries beside the house's headers
 */
export function readyAnswer(value: unknown, headers: Readonly<Record<string, string>>): ReadyAnswer {
  const json = JSON.stringify(value);
  const length = String(Buffer.byteLength(json));
  const type = "application/json; charset=utf-8";
  const all = { ...SECURITY_HEADERS, ...headers, "content-type": type, "content-length": length };
  return { json, head: Object.entries(all).flat() };
}

/**
 * Adds a `GET` route of ready answers. To gather a dozen headers one by one and to ask what kind of answer it is, for
 * each request anew, costs as much as all else that Fastify does for a small answer; so they go to Node as they are.
 * Refusals and errors are answered as everywhere.
 */
export function readyRoute(
  app: App,
  url: string,
  options: {
    readonly access: Access;
    readonly schema: FastifySchema;
    readonly answer: (request: FastifyRequest) => ReadyAnswer | Promise<ReadyAnswer>;
  },
): void {
  const { access, schema, answer } = options;
  app.get(url, { config: { access, writesHeaders: true }, schema }, (request, reply) => {
    const ready = answer(request);
    return ready instanceof Promise ? ready.then((late) => send(reply, late)) : send(reply, ready);
  });
}

/** Returns nothing, also for handlers: Fastify would wait for a reply that they return. */
function send(reply: FastifyReply, { json, head }: ReadyAnswer): void {
  reply.hijack();
  reply.raw.writeHead(200, [...head, "x-request-id", reply.request.id]);
  reply.raw.end(json);
}
