import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { TLSSocket } from "node:tls";
import { faultOfUrl, hostOf, isPublicAddress, type Resolve, systemResolve } from "./public-address.ts";

/** We do not go there, or do not take what came back. */
export class OutboundRefusedError extends Error {
  override readonly name = "OutboundRefusedError";
}

/** There was no connection that could be trusted: nothing was sent, so nothing happened there. `cause` says why. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
}

/** What came back, all of it. */
export type OutboundAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** One request to another server. */
export type OutboundRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for everything, the name's look-up and the last byte included. */
  readonly timeoutMs: number;
  /** Milliseconds for a new connection alone: the name's look-up, TCP and TLS. Default: all of `timeoutMs`. */
  readonly connectTimeoutMs?: number;
  /** Default 1 MiB. */
  readonly maxBytes?: number;
};

/** Asks another server. @throws OutboundRefusedError, NotConnectedError, or what the connection suffered later */
export type Outbound = (url: URL | string, request: OutboundRequest) => Promise<OutboundAnswer>;

const MAX_BYTES = 1024 * 1024;

/**
 * The one door to other servers (reliability OP-15). Our own services are named by their origins and may stand anywhere;
 * everything else must be https and public: the name is looked up once, every address it has is checked, and the
 * connection is made to just those, so that a name cannot lead somewhere else a moment later. Redirects are refused,
 * time and size are limited.
 * @param options.own origins of our own services, from the configuration: `http://127.0.0.1:8000`
 */
export function createOutbound(
  options: { readonly own?: readonly string[]; readonly resolve?: Resolve } = {},
): Outbound {
  const own = new Set((options.own ?? []).map((origin) => new URL(origin).origin));
  const resolve = options.resolve ?? systemResolve;

  return async function outbound(address, request) {
    const {
      method = "GET",
      headers = {},
      body,
      timeoutMs,
      connectTimeoutMs = timeoutMs,
      maxBytes = MAX_BYTES,
    } = request;
    const url = new URL(address);
    const isOwn = own.has(url.origin);
    const fault = isOwn ? null : faultOfUrl(url);
    if (fault !== null) throw new OutboundRefusedError(`this address is refused: ${fault}`);
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const answer = await new Promise<IncomingMessage>((give, fail) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const sent = send(url, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) },
        signal,
        ...(isOwn || isIP(hostOf(url)) !== 0 ? {} : { lookup: lookupPublic(resolve) }),
      });
      const isConnected = watchConnection(sent, connectTimeoutMs);
      sent.once("response", give).once("error", (error) => {
        const isSent = isConnected() || error instanceof OutboundRefusedError;
        fail(isSent ? error : new NotConnectedError(`no connection to ${url.origin}`, { cause: error }));
      });
      sent.end(body);
    });
    const status = answer.statusCode ?? 0;
    if (status >= 300 && status < 400 && status !== 304) {
      answer.destroy();
      throw new OutboundRefusedError(`${url.origin} sends us elsewhere, and we do not follow`);
    }
    return { status, headers: answer.headers, body: await readUpTo(answer, maxBytes) };
  };
}

/** Ends a request whose connection takes too long. @returns whether there is a connection, TLS included */
function watchConnection(sent: ClientRequest, connectTimeoutMs: number): () => boolean {
  let isConnected = false;
  sent.once("socket", (socket) => {
    // A connection of an earlier request is there already.
    isConnected = sent.reusedSocket;
    if (isConnected) return;
    const timer = setTimeout(
      () => sent.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    sent.once("close", () => clearTimeout(timer));
    socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", () => {
      isConnected = true;
      clearTimeout(timer);
    });
  });
  return () => isConnected;
}

/** Gives the connection only addresses that were checked; there is no second look-up that could say otherwise. */
function lookupPublic(resolve: Resolve): LookupFunction {
  return (name, options, done) => {
    resolve(name).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
          return done(new OutboundRefusedError("this name leads to an address that is not public"), "", 0);
        }
        return options.all === true ? done(null, [...addresses]) : done(null, first.address, first.family);
      },
      (error: Error) => done(error, "", 0),
    );
  };
}

async function readUpTo(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    // no encoding is set, so it gives buffers
    length += chunk.length;
    if (length > maxBytes) {
      answer.destroy();
      throw new OutboundRefusedError(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
