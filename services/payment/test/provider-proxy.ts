import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";

/** An answer of the provider, as it is about to reach us. */
export type ProviderAnswer = { readonly status: number; readonly body: unknown };
/** A call of ours, and the provider's answer to it. */
export type Tamper = (call: { readonly method: string; readonly path: string }, answer: ProviderAnswer) => unknown;

/** Refuses a call, now or later; `null` lets it through. */
type Refuse = (call: {
  readonly method: string;
  readonly path: string;
}) => ProviderAnswer | null | Promise<ProviderAnswer | null>;

/** Stands between the service and the sandbox, for what a sandbox has no reason to say: disputes, odd amounts. */
export type ProviderProxy = {
  readonly url: string;
  /** Refuses a call before the provider hears of it, or holds it back for as long as it likes; `null` lets it through. */
  refuse: (rule: Refuse | null) => void;
  /** Changes the bodies of answers; `null` leaves them. */
  tamper: (rule: Tamper | null) => void;
  readonly close: () => Promise<void>;
};

export async function startProviderProxy(target: string): Promise<ProviderProxy> {
  let refusal: Refuse | null = null;
  let rule: Tamper | null = null;

  async function answerTo(request: IncomingMessage): Promise<ProviderAnswer> {
    const call = { method: request.method ?? "GET", path: request.url ?? "/" };
    const refused = (await refusal?.(call)) ?? null;
    if (refused !== null) return refused;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer); // a request's parts are buffers unless told otherwise
    // The mark of the SDK stays here: this call is the proxy's own, in the process that the SDK's calls are guarded in.
    const { host: _h, connection: _c, "content-length": _l, "x-product-id": _mark, ...headers } = request.headers;
    const response = await fetch(`${target}${call.path}`, {
      method: call.method,
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        typeof value === "string" ? [[name, value]] : [],
      ),
      ...(parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    });
    const answer: ProviderAnswer = { status: response.status, body: await response.json() };
    return { status: answer.status, body: rule === null ? answer.body : rule(call, answer) };
  }

  const server = createServer((request, response) => {
    answerTo(request).then(
      ({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    refuse: (next) => {
      refusal = next;
    },
    tamper: (next) => {
      rule = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
