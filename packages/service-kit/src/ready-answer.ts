import type { FastifyReply } from "fastify";

/** An answer that was written before it was asked for: its JSON, and the headers that go with it. */
export type ReadyAnswer = { readonly json: string; readonly headers: Readonly<Record<string, string>> };

/** Writes an answer down, to be sent as often as it holds. */
export function readyAnswer(value: unknown, headers: Readonly<Record<string, string>>): ReadyAnswer {
  return { json: JSON.stringify(value), headers: { ...headers, "content-type": "application/json; charset=utf-8" } };
}

/** Sends it. For handlers that return nothing: Fastify would wait for a reply that they return. */
export function sendReady(reply: FastifyReply, { json, headers }: ReadyAnswer): void {
  reply.headers(headers).send(json);
}
