import { connect } from "node:net";

/** What a server said to some bytes before it hung up. */
export type RawAnswer = {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  readonly text: string;
};

/**
 * Sends bytes as they are and reads until the other side hangs up, or until `patienceMs` is over.
 * @throws Error when the connection fails before anything came back
 */
export function speakHttp(
  address: string,
  bytes: string | Buffer,
  patienceMs = 15_000,
): Promise<RawAnswer & { readonly isClosed: boolean }> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const finish = (isClosed: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      const [head = "", body = ""] = text.split("\r\n\r\n");
      resolve({ status: Number(head.split(" ")[1]), head: head.toLowerCase(), body, text, isClosed });
    };
    const patience = setTimeout(() => finish(false), patienceMs);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    // A reset after an answer is one way of hanging up.
    socket.on("error", (error) => (text === "" ? reject(error) : finish(true)));
    socket.on("close", () => finish(true));
  });
}

const CRLF = "\r\n";
const request = (...lines: readonly string[]) => `${lines.join(CRLF)}${CRLF}${CRLF}`;

/**
 * Requests that two programs in a row could read differently, or that a server must not take (reliability §4.7, S-01 to
 * S-09). Each must be refused with one of its statuses, and the connection ended.
 */
export const ODD_REQUESTS: readonly (readonly [what: string, bytes: string, statuses: readonly number[]])[] = [
  [
    "a length and chunks",
    `${request("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked")}0${CRLF}${CRLF}`,
    [400],
  ],
  [
    "two lengths that differ",
    `${request("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2")}xx`,
    [400],
  ],
  [
    "the same length twice",
    `${request("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 1")}x`,
    [400],
  ],
  [
    "an unknown coding",
    request("POST / HTTP/1.1", "Host: a", "Content-Type: application/json", "Transfer-Encoding: xchunked"),
    [400],
  ],
  [
    "chunks that are not the last coding",
    request("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked, identity"),
    [400],
  ],
  [
    "a coding beside the chunks",
    `${request("POST / HTTP/1.1", "Host: a", "Content-Type: application/json", "Transfer-Encoding: gzip, chunked")}0${CRLF}${CRLF}`,
    [400],
  ],
  [
    "two headers of codings",
    `${request("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: identity", "Transfer-Encoding: chunked")}0${CRLF}${CRLF}`,
    [400],
  ],
  ["a host that is none", request("GET / HTTP/1.1", "Host: a b<script>"), [400]],
  ["a path in its host", request("GET / HTTP/1.1", "Host: a/b"), [400]],
  ["an empty host", request("GET / HTTP/1.1", "Host:"), [400]],
  ["a fragment in its target", request("GET /#x HTTP/1.1", "Host: a"), [400]],
  ["a space before the colon", request("POST / HTTP/1.1", "Host: a", "Transfer-Encoding : chunked"), [400]],
  ["a lone line feed", "GET / HTTP/1.1\nHost: a\n\n", [400]],
  ["a folded header", request("GET / HTTP/1.1", "Host: a", "X-A: b", " c"), [400]],
  ["a NUL in a header", request("GET / HTTP/1.1", "Host: a", "X-A: b\0c"), [400]],
  ["a negative length", request("POST / HTTP/1.1", "Host: a", "Content-Length: -1"), [400]],
  ["a signed length", request("POST / HTTP/1.1", "Host: a", "Content-Length: +2"), [400]],
  [
    "a chunk size in C",
    `${request("POST / HTTP/1.1", "Host: a", "Content-Type: application/json", "Transfer-Encoding: chunked")}0x2${CRLF}ab${CRLF}0${CRLF}${CRLF}`,
    [400],
  ],
  ["no host", request("GET / HTTP/1.1", "X-A: b"), [400]],
  ["two hosts", request("GET / HTTP/1.1", "Host: a", "Host: b"), [400]],
  ["the same host twice", request("GET / HTTP/1.1", "Host: a", "host: a"), [400]],
  ["another host in its target", request("GET http://evil.example/ HTTP/1.1", "Host: a"), [400]],
  [
    "two tokens",
    request("GET / HTTP/1.1", "Host: a", "Authorization: Bearer a.b.c", "authorization: Bearer d.e.f"),
    [400],
  ],
  ["20 KB of headers", request("GET / HTTP/1.1", "Host: a", `X-A: ${"x".repeat(20_000)}`), [431]],
  ["a method of its own", request("FOO / HTTP/1.1", "Host: a"), [400]],
];
