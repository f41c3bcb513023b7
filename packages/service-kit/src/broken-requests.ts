import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { newId } from "@comanda/primitives";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./errors.ts";
import { houseProblem } from "./house-problems.ts";
import { renderProblem } from "./problem.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** Answers what Fastify refuses before it knows a route: an address that cannot be decoded or is too long. */
export function answerUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const code = error.code === "FST_ERR_MAX_PARAM_LENGTH" ? "uri-too-long" : "malformed-request";
  sendProblem(houseProblem(code, { cause: error }), request, reply);
}

const CODES: Readonly<Record<string, Parameters<typeof houseProblem>[0]>> = {
  HPE_HEADER_OVERFLOW: "headers-too-large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "body-too-large",
  ERR_HTTP_REQUEST_TIMEOUT: "request-timeout",
};

/**
 * Answers bytes that Node could not read as a request, and requests that did not arrive in time, and hangs up: where
 * the next request begins is unknown. There are no headers to learn a language from, so it is Portuguese.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  // Something may have been answered already, and then a second answer would be read as belonging to another request.
  if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const problem = houseProblem(CODES[error.code ?? ""] ?? "malformed-request");
  const { status } = problem.kind;
  const body = JSON.stringify(renderProblem(problem, { language: "pt", instance: null, requestId: newId() }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
