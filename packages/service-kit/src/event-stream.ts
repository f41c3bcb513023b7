import type { FastifyReply } from "fastify";

/** One event of a stream: `id` is what the client sends back as `Last-Event-ID`. */
export type StreamEvent = { readonly id: string; readonly name: string; readonly data: string };

/** An open Server-Sent Events stream. */
export type EventStream = {
  readonly send: (event: StreamEvent) => void;
  /** Ends the stream; the browser's EventSource comes back by itself. */
  readonly close: () => void;
};

const HEARTBEAT_MS = 15_000;
/** A reader that lets this many bytes pile up is cut off; it resumes with its last id and loses nothing. */
const BACKLOG_MAX_BYTES = 1024 * 1024;

/**
 * Turns a reply into a Server-Sent Events stream (WHATWG HTML §9.2): heartbeat each 15 s so that a dead line is seen,
 * proxies told not to buffer, slow readers cut off instead of filling memory.
 * @param onClose called once when either side ends it
 */
export function openEventStream(reply: FastifyReply, onClose: () => void): EventStream {
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, {
    ...Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  response.write("retry: 1000\n\n");
  const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT_MS);
  const over = () => {
    clearInterval(heartbeat);
    onClose();
  };
  // Whoever hung up while this was being prepared does not hang up again.
  if (response.destroyed) setImmediate(over);
  else response.once("close", over);

  function write(text: string): void {
    // Writing after the end is an error that nobody listens for, and would end the process.
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > BACKLOG_MAX_BYTES) response.destroy();
  }

  return {
    send: ({ id, name, data }) => write(`id: ${id}\nevent: ${name}\ndata: ${data}\n\n`),
    close: () => response.end(),
  };
}
