import type { Entry } from "./entry.ts";

const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_none, at) => [`f${at}`, 1])));
/** A body of so many bytes, with a field that nobody takes. */
const bodyOf = (length: number) => `{"x":"${"x".repeat(length - 8)}"}`;
const many = `{"items":[${Array.from({ length: 10_000 }, () => "1").join()}]}`;
const bytes = (...values: readonly (number | string)[]) =>
  Buffer.concat(values.map((value) => (typeof value === "string" ? Buffer.from(value) : Buffer.from([value]))));

/**
 * Reliability §4.2. What cannot be read is 400, what can be read and is wrong is 422 (the contract); a number that would
 * be read as another one cannot be read.
 */
export const BODIES: readonly Entry[] = [
  {
    id: "H-01",
    about: "a field twice",
    trials: [{ bodies: ['{"qty":1,"qty":-5}', '{"qty":1,"\\u0071ty":-5}'], expect: [400] }],
  },
  {
    id: "H-02",
    about: "__proto__",
    trials: [{ bodies: ['{"__proto__":{"admin":true}}', '{"\\u005f_proto__":{"admin":true}}'], expect: [400] }],
  },
  {
    id: "H-03",
    about: "constructor and prototype",
    trials: [
      {
        bodies: [
          '{"constructor":{"prototype":{"x":1}}}',
          '{"constructor":1}',
          '{"prototype":{"x":1}}',
          '{"a":{"prototype":1}}',
        ],
        expect: [400],
      },
    ],
  },
  { id: "H-04", about: "nested deeply", trials: [{ bodies: [deep(30_000), deep(17)], expect: [400] }] },
  {
    id: "H-05",
    about: "64 KiB, and a byte more",
    trials: [
      { bodies: [bodyOf(65_536)], expect: [422] },
      { bodies: [bodyOf(65_537)], expect: [413] },
    ],
    note: "64 KiB are read: what they hold is wrong.",
  },
  {
    id: "H-06",
    about: "numbers without end",
    trials: [
      { bodies: ['{"q":1e400}', '{"q":-1e400}'], expect: [400] },
      { fits: { field: "integer" }, texts: ["1e400", "-1e400"], expect: [400] },
    ],
  },
  {
    id: "H-07",
    about: "a whole number that no double holds",
    trials: [
      { bodies: ['{"q":9007199254740993}'], expect: [400] },
      {
        fits: { field: "integer" },
        texts: ["9007199254740993", "-9007199254740993", "9007199254740993.0"],
        expect: [400],
      },
    ],
  },
  {
    id: "H-08",
    about: "what is no JSON",
    trials: [
      {
        bodies: ["NaN", "Infinity", "0x10", "01", "+1", ".5", '{"a":1,}', '{"a":1}//x', "{'a':1}"].map((text) =>
          text.startsWith("{") ? text : `{"q":${text}}`,
        ),
        expect: [400],
      },
    ],
  },
  { id: "H-09", about: "two documents", trials: [{ bodies: ["{}{}", "GOODGOOD"], expect: [400] }] },
  { id: "H-10", about: "nothing", trials: [{ bodies: ["", "   "], expect: [400], isBodyNeeded: true }] },
  {
    id: "H-11",
    about: "no object",
    trials: [{ bodies: ["[]", '"x"', "1", "null", "true"], expect: [422], isBodyNeeded: true }],
  },
  { id: "H-12", about: "a byte order mark", trials: [{ bodies: ["\ufeffGOOD"], expect: [400] }] },
  {
    id: "H-13",
    about: "bytes that are no UTF-8",
    trials: [{ bodies: [bytes('{"a":"', 0xff, 0xfe, '"}'), bytes('{"', 0xc0, 0xaf, '":1}')], expect: [400] }],
  },
  {
    id: "H-14",
    about: "another charset",
    trials: [
      { bodies: ["GOOD"], headers: { "content-type": "application/json; charset=utf-16" }, expect: [415] },
      { bodies: ["GOOD"], headers: { "content-type": "application/json; charset=iso-8859-1" }, expect: [415] },
    ],
  },
  {
    id: "H-15",
    about: "a coding",
    trials: [{ bodies: ["GOOD"], headers: { "content-encoding": "gzip" }, expect: [415] }],
  },
  {
    id: "H-16",
    about: "another type",
    trials: [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/xml",
      "multipart/form-data; boundary=x",
      "",
    ].map((type) => ({
      bodies: ["GOOD"],
      headers: { "content-type": type },
      expect: [415] as const,
    })),
  },
  {
    id: "H-17",
    about: "fields nobody asked for",
    trials: [
      { extra: { isAdmin: true }, expect: [422] },
      { extra: { total: 1, role_of: "admin" }, expect: [422] },
    ],
  },
  {
    id: "H-18",
    about: "thousands of fields, of lines",
    trials: [
      { bodies: [wide], expect: [422] },
      { bodies: [many], expect: [422] },
    ],
  },
  {
    id: "H-19",
    about: "strange field names",
    trials: [
      { extra: { "a.b": 1 }, expect: [422] },
      { extra: { $set: {} }, expect: [422] },
      { extra: { " ": 1 }, expect: [422] },
    ],
  },
  {
    id: "H-20",
    about: "GET with a body",
    trials: [
      {
        bytes: [
          "GET /products HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        ],
        expect: [200, 404],
      },
    ],
    note: "404 from those without products.",
  },
  {
    id: "H-21",
    about: "a body that stays away",
    trials: [
      {
        shownBy: [
          [
            "packages/service-kit/test/broken-requests.test.ts",
            "when its body stays away, then it is cut off with 408 within 12 s",
          ],
          [
            "services/gateway/test/hostile-clients.test.ts",
            "when 500 of them never send the rest of their bodies, then each is told 408, and others are served",
          ],
        ],
      },
    ],
  },
  {
    id: "H-22",
    about: "query strings with structure",
    trials: [{ queries: ["limit=1&limit=2", "limit[$ne]=1", "__proto__[x]=1"], expect: [422] }],
  },
  {
    id: "H-23",
    about: "long addresses",
    trials: [
      { paths: [`/products/${"x".repeat(8_200)}`], expect: [414] },
      { bytes: [`GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: HOST\r\n\r\n`], expect: [431] },
    ],
  },
  {
    id: "H-24",
    about: "addresses that lead elsewhere",
    trials: [
      { paths: ["/%zz", "/..%2f..%2fetc", "/products/%2e%2e%2fadmin", "//products", "/Products"], expect: [400, 404] },
    ],
  },
  {
    id: "H-25",
    about: "ids that are none",
    note: "`/products/` is the list: the contract tolerates a slash at the end.",
    trials: [
      { paths: ["/products/%00", "/products/a%2fb", "/orders/%00", "/payments/%00"], expect: [400, 404] },
      { paths: ["/products/"], expect: [200] },
    ],
  },
];
