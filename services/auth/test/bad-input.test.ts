import { readMatrix } from "@comanda/testing/authorization-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registration, staffMember } from "./builders.ts";
import { type Auth, bearer, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

// Not the caller: what passes the check of the input is answered 404.
const SOMEBODY = "/customers/01940000-0000-7000-8000-000000000000";

const JSON_ROUTES = [
  ["/customers/register", () => registration()],
  ["/customers/admin", () => staffMember()],
  ["/customers/identify", () => ({ cpf: "52998224725" })],
  ["/customers/search", () => ({ cpf: "52998224725" })],
  ["/customers/anonymous", () => ({})],
  ["/devices", () => ({ name: "Totem", kind: "kiosk" })],
  ["/customers/invitations", () => ({ email: registration().email, role: "cashier" })],
  [
    "/customers/invitations/accept",
    () => ({ code: "0".repeat(43), name: "Rita Lima", password: "um pastel de queijo" }),
  ],
  ["/customers/password", () => ({ code: "0".repeat(43), password: "um pastel de queijo" })],
  [`${SOMEBODY}/password`, () => ({ current_password: "um pastel de queijo", new_password: "dois pasteis" })],
  [`${SOMEBODY}/mfa`, () => ({ password: "um pastel de queijo" })],
  [`${SOMEBODY}/mfa/confirm`, () => ({ mfa_code: "492039" })],
  [`${SOMEBODY}/mfa/recovery-codes`, () => ({ password: "um pastel de queijo", mfa_code: "492039" })],
  [`${SOMEBODY}/mfa/disable`, () => ({ password: "um pastel de queijo", mfa_code: "492039" })],
] as const;

const send = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  auth.app.inject({
    method: "POST",
    url,
    headers: { ...bearer(admin), "content-type": "application/json", ...headers },
    payload,
  });

/** Values that fit no field of ours, for any field (reliability §4.1, §4.2). */
const HOSTILE_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  52_998_224_725,
  9_007_199_254_740_992,
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202e\u2066\ufeff",
  'x\n{"level":30}',
  "5".repeat(5_000),
  "９".repeat(11),
  [],
  [["a"]],
  {},
  { $ne: "" },
  { toString: "x" },
  "__proto__",
  "constructor",
  "'; drop table people; --",
];

describe("bad input: fields", () => {
  it.each(JSON_ROUTES)(
    "when any field of %s holds what it cannot be, then the answer is a client's mistake",
    async (url, body) => {
      for (const field of Object.keys(body())) {
        for (const value of HOSTILE_VALUES) {
          if (field === "consent" && value === true) continue;
          const answer = await send(url, JSON.stringify({ ...body(), [field]: value }));
          const harmless = field === "name" && typeof value === "string" && [201, 404].includes(answer.statusCode);
          const password = field.endsWith("password") && [201, 404].includes(answer.statusCode);
          if (!harmless && !password)
            expect([400, 422], `${field}=${JSON.stringify(value)}`).toContain(answer.statusCode);
        }
      }
    },
  );

  it.each(["a.b", "$set", "is_admin", "isAdmin", "role", "id", "level", "constructor", "toString", "", " "])(
    "when a body carries the extra field %j, then 4xx on every route",
    async (field) => {
      for (const [url, body] of JSON_ROUTES) {
        if (field in body()) continue;
        const answer = await send(url, JSON.stringify({ ...body(), [field]: "admin" }));
        expect([400, 422], url).toContain(answer.statusCode);
      }
    },
  );

  it.each(['=HYPERLINK("x")', "+1", "-1", "@x", "<script>alert(1)</script>", "{{7*7}}", "$" + "{7*7}", "D'Ávila 🍔"])(
    "when a name is %s, then it is taken as text and comes back as it was",
    async (name) => {
      const answer = await send("/customers/register", JSON.stringify(registration({ name })));
      expect(answer.statusCode).toBe(201);
      expect(answer.json().customer.name).toBe(name);
    },
  );

  it("when names differ by Unicode form only, then they are stored as one form", async () => {
    const answer = await send("/customers/register", JSON.stringify(registration({ name: "Ação".normalize("NFD") })));
    expect(answer.json().customer.name).toBe("Ação".normalize("NFC"));
  });
});

describe("bad input: bodies", () => {
  it.each([
    ["an empty text", "", {}, 400],
    ["blanks", "   ", {}, 400],
    ["two documents", "{}{}", {}, 400],
    ["half a document", '{"cpf":', {}, 400],
    ["a trailing comma", '{"cpf":"52998224725",}', {}, 400],
    ["a prototype", '{"__proto__":{"admin":true}}', {}, 400],
    ["an escaped prototype", '{"\\u005f_proto__":{"admin":true}}', {}, 400],
    ["a constructor", '{"constructor":{"prototype":{"x":1}}}', {}, 400],
    ["a list", "[]", {}, 422],
    ["a text", '"x"', {}, 422],
    ["a number that is rounded", "9007199254740993", {}, 400],
    ["a number that can be held", "1e3", {}, 422],
    ["a number without end", "1e400", {}, 400],
    ["plain text", "x", { "content-type": "text/plain" }, 415],
    ["XML", "<x/>", { "content-type": "application/xml" }, 415],
    ["a form", "cpf=52998224725", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["too large", JSON.stringify({ cpf: "5".repeat(66_000) }), {}, 413],
  ])("when the body is %s, then the status is that of the contract", async (_what, payload, headers, status) => {
    for (const [url] of JSON_ROUTES) {
      // An anonymous visit needs no body, so that an empty one is as good as none.
      const wanted = url === "/customers/anonymous" && payload === "" ? 201 : status;
      expect((await send(url, payload, headers)).statusCode, url).toBe(wanted);
    }
  });

  it.each([
    ["nested 30,000 deep", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
    ["10,000 fields wide", JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`f${at}`, 1])))],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ["overlong UTF-8", Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])],
    ["a byte order mark first", Buffer.from("\ufeff{}")],
  ])("when the body is %s, then the answer is a client's mistake", async (_what, payload) => {
    for (const [url] of JSON_ROUTES) {
      const answer = await send(url, payload);
      const anonymous = url === "/customers/anonymous" && answer.statusCode === 201;
      if (!anonymous) expect([400, 422], url).toContain(answer.statusCode);
    }
  });
});

describe("bad input: addresses", () => {
  const PATHS = ["/%zz", "/..%2f..%2fetc", "/customers/%2e%2e/admin", "//customers", "/Customers", "/customer%00", "/"];
  it.each(PATHS)("when the address is %s, then 400 or 404", async (url) => {
    const answer = await auth.app.inject({ url, headers: bearer(admin) });
    expect([400, 404]).toContain(answer.statusCode);
  });

  it("when the address begins like the alias but is not it, then 404", async () => {
    for (const url of ["/customerss", "/customer-admin", "/customerx/anonymous"]) {
      expect((await auth.app.inject({ method: "POST", url })).statusCode).toBe(404);
    }
  });

  it("when a known address is asked with another method, then 405 with Allow", async () => {
    const routes = [...readMatrix("auth").access.keys()];
    for (const route of routes.filter((each) => !each.includes("/docs/static/") && !each.includes(":id"))) {
      const [, url = "/"] = route.split(" ");
      const answer = await auth.app.inject({ method: "PUT", url });
      expect(answer.statusCode, route).toBe(405);
      expect(answer.headers.allow).toBeTruthy();
    }
  });
});
