import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { waitFor } from "@comanda/testing";
import { onTestFinished } from "vitest";

/** What stands in for a service behind the gateway. */
export type UpstreamDouble = { readonly url: string; close(): Promise<void> };

/** A plain HTTP server on a free port, answering by `answer`; gone after the test. */
export async function startUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<UpstreamDouble> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  const port = await waitFor(() => Reflect.get(Object(server.address()), "port"));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}`, close };
}

/** Answers every request with what it saw, as JSON. */
export function echo(name: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    response.setHeader("content-type", "application/json");
    const { method, url, headers } = request;
    response.end(JSON.stringify({ name, method, url, headers, body: Buffer.concat(chunks).toString("utf8") }));
  };
}
