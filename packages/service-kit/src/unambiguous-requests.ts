import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";

/** Of these there may be one: of two, the proxy before us may have read the other (reliability S-07, J-22). */
const ONCE: ReadonlyMap<string, number> = new Map([
  ["host", 1],
  ["authorization", 2],
  ["content-type", 4],
  ["content-length", 8],
  ["transfer-encoding", 16],
]);
/** A name or an address, and a port (RFC 9110 §7.2); underscores as in the names of containers. */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)(\/[^#]*)?/i;

/**
 * Finds what two programs in a row could read differently: a header twice of which Node silently keeps the first, a
 * body in codings of which Node looks at the last, a host that is none, a request line with a fragment (which a proxy
 * cuts off and a router does not) or with another host than `Host` has. The connection must end with it: whatever comes
 * next on it may belong to somebody else, and is found here too.
 */
export function makeAmbiguityCheck(): (request: FastifyRequest) => boolean {
  const ended = new WeakSet<object>();
  return ({ raw, originalUrl }) => {
    // What came right behind a refused request has been parsed already; its handler must not run either.
    if (!ended.has(raw.socket) && !isAmbiguous(raw, originalUrl)) return false;
    ended.add(raw.socket);
    return true;
  };
}

/** The path of a request line in absolute form (RFC 9112 §3.2.2), which every server must accept. */
export function pathOfTarget(target: string): string {
  const absolute = target.startsWith("/") ? null : ABSOLUTE.exec(target);
  return absolute === null ? target : (absolute[2] ?? "/");
}

function isAmbiguous({ rawHeaders, headers, httpVersion }: IncomingMessage, target: string): boolean {
  if (headers.host === undefined ? httpVersion === "1.1" : !HOST.test(headers.host)) return true;
  const coding = headers["transfer-encoding"];
  if ((coding !== undefined && coding.toLowerCase() !== "chunked") || target.includes("#")) return true;
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    // Most names are none of these; a look at the length is cheaper than a copy in lower case.
    if (name.length !== 4 && name.length < 12) continue;
    const mark = ONCE.get(name.toLowerCase()) ?? 0;
    if ((seen & mark) !== 0) return true;
    seen |= mark;
  }
  const named = target.startsWith("/") ? undefined : ABSOLUTE.exec(target)?.[1];
  return named !== undefined && named.toLowerCase() !== headers.host?.toLowerCase();
}
