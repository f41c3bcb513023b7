import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { ProviderObserver } from "../src/gateways/mercado-pago/provider-limits.ts";

/** A request as it came in, whole. */
export type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** A plain server that stands for Mercado Pago, so that it can lie, be late and be ill. */
export type StandIn = {
  readonly url: string;
  readonly endConnections: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Starts one on a free port.
 * @param options.answer called when a request is there whole
 * @param options.onArrival called when its head is there
 */
export async function startStandIn(options: {
  readonly answer: (response: ServerResponse, asked: Asked) => void;
  readonly onArrival?: (response: ServerResponse) => void;
}): Promise<StandIn> {
  const server = createServer((request, response) => {
    options.onArrival?.(response);
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      options.answer(response, { method, url, headers, body: Buffer.concat(parts).toString() });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on TCP");
  return {
    url: `http://127.0.0.1:${address.port}`,
    endConnections: () => server.closeAllConnections(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** No connection outlives its test: what is cut there is not tried again by the client's own choice. */
export function endWithAnswer(response: ServerResponse): void {
  response.setHeader("connection", "close");
}

/** The key that a write came with. */
export function keyOf({ headers }: Asked): string | undefined {
  const key = headers["x-idempotency-key"];
  return typeof key === "string" ? key : undefined;
}

/** Writes down what the adapter says of its calls, in a word or two. */
export function hearing(hear: (word: string) => void): ProviderObserver {
  return {
    onCall: ({ name, outcome }) => hear(`${name} ${outcome}`),
    onShed: (why) => hear(`shed: ${why}`),
    onBreaker: (state) => hear(`breaker: ${state}`),
    onStrangeAnswer: (name) => hear(`strange: ${name}`),
    onToken: (which) => hear(`token: ${which}`),
    onBarrier: (barrier) => hear(`barrier: ${barrier}`),
  };
}
