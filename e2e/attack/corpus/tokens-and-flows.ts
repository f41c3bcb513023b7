import type { Entry } from "./entry.ts";

const NOTICE = "services/payment/test/receive-notice.test.ts";
const bad = (id: string, about: string, tokens: readonly string[], note?: string): Entry => ({
  id,
  about,
  trials: [{ tokens, expect: [401] }],
  ...(note === undefined ? {} : { note }),
});
const shown = (id: string, about: string, ...shownBy: readonly (readonly [string, string])[]): Entry => ({
  id,
  about,
  trials: [{ shownBy }],
});

/** Reliability §4.5. What each kind of token is stands in `attack/bad-tokens.ts`, by the same words. */
export const TOKENS: readonly Entry[] = [
  bad("J-01", "no signature wanted", ["alg none", "alg nOnE", "alg none with a signature"]),
  bad("J-02", "our public key as a secret", ["HS256 with the public key"]),
  bad("J-03", "another algorithm", ["ES256 under our key id"]),
  bad("J-04", "a signature of nothing", ["all-zero signature"]),
  bad("J-05", "altered", ["altered payload", "cut signature"]),
  bad("J-06", "other forms", ["two parts", "four parts", "five parts", "padded", "with blanks"]),
  bad(
    "J-07",
    "key ids",
    ["kid a path", "kid SQL", "kid of 3 KB", "kid a number"],
    "A token above 4 KB is read by nobody; see J-23.",
  ),
  bad("J-08", "the key inside", ["jwk inside"]),
  {
    id: "J-09",
    about: "where to find the key",
    trials: [{ tokens: ["jku", "x5u"], expect: [401] }],
    note: "Somebody listens there, and is never called.",
  },
  {
    id: "J-10",
    about: "unknown critical header",
    trials: [
      { tokens: ["crit"], expect: [401] },
      // The control: without it, the same signature is good.
      { tokens: ["signed with our own hands"], expect: [200] },
    ],
  },
  bad("J-11", "a stranger's key under our id", ["stranger's key"]),
  {
    id: "J-12",
    about: "expired",
    trials: [{ tokens: ["expired by 61 s"], expect: [401] }],
    note: "There is no leeway for the end of a token: what is over is over (stricter than 59 s).",
  },
  bad("J-13", "not yet good", ["nbf in an hour"]),
  bad("J-14", "issued in the future", ["iat in an hour"]),
  bad("J-15", "living too long", ["exp 1e20", "ten years"]),
  bad("J-16", "exp that is none", ["exp a word", "exp negative", "no exp"]),
  {
    id: "J-17",
    about: "another audience",
    note: "The contract: a person's token names the services it may use as a list; a list with ours in it is good.",
    trials: [
      { tokens: ["another aud", "no aud", "list of others"], expect: [401] },
      { tokens: ["list with ours"], expect: [200] },
    ],
  },
  bad("J-18", "another issuer", ["another iss", "iss with a slash"]),
  bad("J-19", "another type", ["typ JWT", "no typ", "a refresh token", "a webhook code"]),
  shown("J-20", "another way of writing a revoked token", [
    "services/auth/test/list-revocations.test.ts",
    "when a revoked token is written in another way, then it is refused all the same (AU-06)",
  ]),
  {
    id: "J-21",
    about: "a claim twice",
    trials: [
      { tokens: ["role twice, last unknown"], expect: [401] },
      {
        shownBy: [
          [
            "packages/service-kit/test/remote-keys.test.ts",
            "when a claim stands in a token twice, then it is no token",
          ],
        ],
      },
    ],
    note: "Here with a signature that no longer fits; there signed as it stands.",
  },
  {
    id: "J-22",
    about: "tokens in other places",
    trials: [
      { tokens: ["in the query", "in a cookie"], expect: [401, 422] },
      { tokens: ["two headers"], expect: [400] },
      { tokens: ["lower-case bearer"], expect: [200] },
    ],
  },
  {
    id: "J-23",
    about: "tokens of many bytes",
    trials: [
      { tokens: ["of 12 KB"], expect: [401] },
      {
        bytes: [`GET /health HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer a.${"b".repeat(1_000_000)}.c\r\n\r\n`],
        expect: [431],
      },
    ],
    note: "16 KB are the limit of all headers together: 12 KB are still read.",
  },
  {
    id: "J-24",
    about: "a role in a registration",
    trials: [
      { extra: { roles: ["admin"] }, expect: [422] },
      { shownBy: [["services/auth/test/bad-input.test.ts", '"role"']] },
    ],
    note: "Refused, not ignored: unknown fields are 422 (the contract).",
  },
];

/** Section 4.6, against the real service with a real signature. */
export const WEBHOOKS: readonly Entry[] = [
  shown("W-01", "no signature", [NOTICE, "W-01 none"], [NOTICE, "W-01 empty parts"]),
  shown(
    "W-02",
    "a wrong signature",
    [NOTICE, "W-02 wrong hash"],
    [NOTICE, "W-02 when it was signed with another secret"],
  ),
  shown("W-03", "characters of several bytes", [NOTICE, "W-03 multibyte hash"]),
  shown(
    "W-04",
    "parts twice",
    [NOTICE, "W-04 v2 only"],
    [NOTICE, "W-04 when the good hash is written twice or in upper case, then 401"],
  ),
  shown("W-05", "a replay", [
    NOTICE,
    "W-05 when the same delivery comes 1,000 times, with any body, then it is one notice",
  ]),
  shown("W-06", "old", [NOTICE, "W-06 six minutes old"], [NOTICE, "W-06 three days old, in ms"]),
  shown("W-07", "from the future", [NOTICE, "W-07 ten minutes ahead"]),
  shown("W-08", "seconds and milliseconds", [NOTICE, "W-08 seconds"]),
  shown("W-09", "two ids", [NOTICE, "W-09 when the body names another id than the signature"]),
  shown("W-10", "a lying body", [
    NOTICE,
    "W-10 when the body says approved and the provider says open, then it stays pending",
  ]),
  shown("W-11", "ids of nobody", [NOTICE, "W-11 an unknown order"], [NOTICE, "W-11 a very long id"]),
  shown("W-12", "an unreadable body", [NOTICE, "W-12 an unreadable body"]),
  shown("W-13", "1 MB", [NOTICE, "W-13 when the body is 1 MB, then 413"]),
  shown("W-14", "not live", ["services/payment/test/hard-moments.test.ts", "live_mode"]),
  shown("W-15", "refund before approval", [
    NOTICE,
    "W-15 when notices of refund and payment come in the wrong order, then it ends refunded",
  ]),
  shown(
    "W-16",
    "other methods",
    [NOTICE, "W-16 when nobody's content type comes, then 200"],
    [NOTICE, "W-16 when it is %s, then 405 says POST, whoever asks"],
  ),
  {
    id: "W-17",
    about: "a burst",
    trials: [{ shownBy: [[NOTICE, "W-05 when the same delivery comes 1,000 times"]] }],
    note: "Stored first and worked later; the load itself is the bench's.",
  },
];

const get = (head: string) => `GET / HTTP/1.1\r\n${head}\r\n\r\n`;
const post = (head: string, body: string) =>
  `POST /orders HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n${head}\r\n\r\n${body}`;

/** Reliability §4.7. */
export const FLOWS: readonly Entry[] = [
  {
    id: "S-01",
    about: "length and chunks",
    trials: [{ bytes: [post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")], expect: [400] }],
  },
  {
    id: "S-02",
    about: "two lengths",
    trials: [
      {
        bytes: [
          post("Content-Length: 2\r\nContent-Length: 3", "{}x"),
          post("Content-Length: 2\r\nContent-Length: 2", "{}"),
        ],
        expect: [400],
      },
    ],
  },
  {
    id: "S-03",
    about: "strange codings",
    trials: [
      {
        bytes: [
          post("Transfer-Encoding: xchunked", "0\r\n\r\n"),
          post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
          post("Transfer-Encoding : chunked", "0\r\n\r\n"),
        ],
        expect: [400],
      },
    ],
  },
  {
    id: "S-04",
    about: "strange headers",
    trials: [
      {
        bytes: ["GET / HTTP/1.1\nHost: HOST\n\n", get("Host: HOST\r\nX: a\r\n b"), get("Host: HOST\r\nX: a\u0000b")],
        expect: [400],
      },
    ],
  },
  {
    id: "S-05",
    about: "lengths that are none",
    trials: [
      {
        bytes: [post("Content-Length: -1", ""), post("Content-Length: +2", "{}")],
        expect: [400],
      },
      // Whoever has no token may be told so before the body is looked at; the connection ends there either way.
      { bytes: [post("Transfer-Encoding: chunked", "0x2\r\n{}\r\n0\r\n\r\n")], expect: [400, 401] },
    ],
  },
  {
    id: "S-06",
    about: "a chunk's extension",
    trials: [
      {
        bytes: [post("Transfer-Encoding: chunked\r\nConnection: close", "2;a=b\r\n{}\r\n0\r\n\r\n")],
        expect: [400, 401, 404],
      },
    ],
    note: "Read or refused; nobody is signed in here.",
  },
  {
    id: "S-07",
    about: "hosts",
    trials: [
      {
        bytes: [get("X: a"), get("Host: HOST\r\nHost: evil"), "GET http://evil/ HTTP/1.1\r\nHost: HOST\r\n\r\n"],
        expect: [400],
      },
    ],
  },
  {
    id: "S-08",
    about: "20 KB of headers",
    trials: [{ bytes: [get(`Host: HOST\r\nX: ${"x".repeat(20_000)}`)], expect: [431] }],
  },
  {
    id: "S-09",
    about: "other methods",
    trials: [
      { bytes: ["TRACE /health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"], expect: [405] },
      { bytes: ["FOO /health HTTP/1.1\r\nHost: HOST\r\n\r\n"], expect: [400] },
    ],
  },
  {
    id: "S-10",
    about: "another method by header",
    trials: [
      {
        bytes: [`GET /health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-HTTP-Method-Override: DELETE\r\n\r\n`],
        expect: [200],
      },
    ],
  },
  {
    id: "S-11",
    about: "another address by header",
    trials: [
      {
        bytes: [
          `GET /health HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-Original-URL: /admin\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
        ],
        expect: [200],
      },
    ],
  },
  shown(
    "S-12",
    "other origins",
    ["packages/service-kit/test/raw-requests.test.ts", "when a page of %s asks, then no header lets it read"],
    ["packages/testing/src/response-headers.ts", "access-control-"],
  ),
  shown("S-13", "races for a payment", [
    "services/order/test/request-payment.test.ts",
    "when many ask at once, then one charge is live in the end",
  ]),
  shown("S-14", "skipped steps", [
    "services/order/test/change-order-status.test.ts",
    "when a step is skipped or undone, then 409 tells what is allowed",
  ]),
  {
    id: "S-15",
    about: "statuses that are none",
    trials: [{ fits: { field: "status" }, values: ["PAID", "eaten", 3, null], expect: [422] }],
  },
  shown("S-16", "stale versions", [
    "services/order/test/change-order-status.test.ts",
    "when the version comes by If-Match, then a stale one is 412 and the present one goes through",
  ]),
  shown(
    "S-17",
    "one key, many uses",
    [
      "services/order/test/repeat-request.test.ts",
      "when 200 keys are each sent 20 times at once, then there are 200 orders and the answers are equal",
    ],
    ["services/order/test/repeat-request.test.ts", "when the body differs, then it is refused"],
    [
      "services/order/test/repeat-request.test.ts",
      "when somebody else uses the same key, then they get their own order",
    ],
  ),
  shown(
    "S-18",
    "many visits from one address, many unpaid orders of a guest",
    [
      "services/auth/test/rate-limits.test.ts",
      "when an address begins more visits than it may, then 429 with the headers and problem of the draft",
    ],
    [
      "services/order/test/limit-unpaid.test.ts",
      "when there are five, then the sixth is refused until one is called off",
    ],
  ),
  shown("S-19", "many streams", [
    "services/order/test/follow-one-order.test.ts",
    "when a caller holds 20 streams, then the next is refused with 429 until one closes",
  ]),
  shown("S-20", "a client that hangs up", ["services/order/test/place-order.test.ts", "Reliability S-20"]),
];
