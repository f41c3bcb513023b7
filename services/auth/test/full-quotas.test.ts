import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { freshCpf, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, settings, signToken, startAuth } from "./harness.ts";

// The figures of production, through the real counter (reliability AU-30); what is said here is what holds anyway.
const LETTERS = join(tmpdir(), `comanda-auth-quotas-${process.pid}`);
const production = { ...settings, MAIL_FOLDER: LETTERS, RATE_LIMITS: "login=20/60" };

let auth: Auth;
let second: Awaited<ReturnType<typeof startProcess>>;
beforeAll(async () => {
  auth = await startAuth({ settings: production });
  second = await startProcess();
});
afterAll(async () => {
  await second.close();
  await auth.close();
  await rm(LETTERS, { recursive: true, force: true });
});

type App = Auth["app"];
type Ask = {
  readonly url: string;
  readonly token?: string;
  readonly payload?: object;
  readonly form?: Readonly<Record<string, string>>;
};

let turn = 0;
/** A client at an address of its own, as the proxy gives it. */
function newAddress(): string {
  turn += 1;
  return `203.0.${turn >> 8}.${turn & 255}`;
}

async function send(app: App, from: string, { url, payload, form, token }: Ask) {
  const headers = { "x-forwarded-for": from, ...(token === undefined ? {} : bearer(token)) };
  if (form === undefined)
    return app.inject({ method: "POST", url, headers, ...(payload === undefined ? {} : { payload }) });
  const type = "application/x-www-form-urlencoded";
  const body = new URLSearchParams(form).toString();
  return app.inject({ method: "POST", url, headers: { ...headers, "content-type": type }, payload: body });
}

const service = { grant_type: "client_credentials", client_id: "order", client_secret: settings.ORDER_CLIENT_SECRET };

/** Each limit: its policy, what one request of it is, and the answer while there is something left. */
const LIMITS: readonly (readonly [string, number, () => Promise<() => Ask>, number])[] = [
  ["anonymous", 30, async () => () => ({ url: "/customers/anonymous" }), 201],
  ["register", 5, async () => () => ({ url: "/customers/register", payload: registration() }), 201],
  ["identify", 10, async () => () => ({ url: "/customers/identify", payload: { cpf: freshCpf() } }), 404],
  ["login", 20, async () => nextSignIn(), 400],
  ["token", 60, async () => () => ({ url: "/token", form: service }), 200],
  ["verification", 3, codes, 202],
  ["verification-sender", 10, codesOfMany, 404],
  ["confirm", 20, guesses, 401],
  ["search", 30, lookUps, 404],
];

/** Of another account each time: what is counted here is the address. */
function nextSignIn(): () => Ask {
  let count = 0;
  return () => {
    count += 1;
    return { url: "/token", form: { username: `ninguem${count}@exemplo.com.br`, password: "uma senha errada" } };
  };
}

async function codes(): Promise<() => Ask> {
  const { id, token } = await registerGuest(auth);
  return () => ({ url: `/customers/${id}/verification`, token });
}

/** Of another guest each time, whom nobody has heard of: what is counted is the address. */
async function codesOfMany(): Promise<() => Ask> {
  const strangers = await Promise.all(Array.from({ length: 14 }, strangerToken));
  return () => {
    const stranger = strangers.pop();
    return stranger === undefined
      ? { url: "/customers/none/verification" }
      : { url: `/customers/${stranger.id}/verification`, token: stranger.token };
  };
}

async function guesses(): Promise<() => Ask> {
  const { id, token } = await strangerToken();
  return () => ({ url: `/customers/${id}/verification/confirm`, token, payload: { code: "000000" } });
}

async function strangerToken() {
  const id = newId();
  return { id, token: await signToken(auth, { role: "customer", level: "registered", subject: id }) };
}

async function lookUps(): Promise<() => Ask> {
  const token = await signToken(auth, { role: "admin" });
  return () => ({ url: "/customers/search", payload: { cpf: freshCpf() }, token });
}

/** Another process of auth on the same database: it knows nothing that is not there. */
async function startProcess() {
  const pool = createPool({ connectionString: auth.database.url, applicationName: "second", log: auth.log });
  const { app } = await buildApp({ pool, keys: auth.keys, settings: production, log: auth.log });
  return { app, close: () => app.close().then(() => pool.end()) };
}

describe("the quotas of production", () => {
  it.each(LIMITS)(
    "when `%s` is used %d times, then the next is refused, and passes in the next window",
    async (...limit) => {
      const [name, quota, prepare, fine] = limit;
      const next = await prepare();
      const from = newAddress();
      const statuses: number[] = [];
      for (let count = 0; count < quota; count += 1) statuses.push((await send(auth.app, from, next())).statusCode);
      expect(statuses).toEqual(Array(quota).fill(fine));
      const refused = await send(auth.app, from, next());
      expect(refused.statusCode).toBe(429);
      expect(refused.headers["ratelimit-policy"]).toContain(`"${name}";q=${quota};w=`);
      const [, leftS] = new RegExp(`"${name}";r=0;t=(\\d+)`).exec(String(refused.headers["ratelimit"])) ?? [];
      expect(Number(leftS)).toBeGreaterThan(0);
      expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(Number(leftS));
      expect((await send(second.app, from, next())).statusCode).toBe(429);
      await auth.database.pool.query("update rate_limits set ends_at = now()");
      const later = await startProcess();
      expect((await send(later.app, from, next())).statusCode).toBe(fine);
      await later.close();
    },
  );

  it("when one CPF is asked for from six addresses, then the sixth is refused", async () => {
    const cpf = freshCpf();
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const answer = await send(auth.app, newAddress(), { url: "/customers/identify", payload: { cpf } });
      statuses.push(answer.statusCode);
    }
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429]);
  });

  // AU-30 allows an error of a tenth; one row in one database allows none.
  it("when two processes are asked at once, then as many pass as one alone would let", async () => {
    const processes = [auth.app, second.app] as const;
    for (const [asks, quota, fine] of [
      [() => ({ url: "/customers/anonymous" }), 30, 201],
      [() => ({ url: "/token", form: { ...service, client_secret: "wrong" } }), 60, 401],
    ] as const) {
      const from = newAddress();
      const answers = await Promise.all(
        Array.from({ length: quota * 3 }, (_, at) => send(processes[at % 2 === 0 ? 0 : 1], from, asks())),
      );
      expect(answers.filter(({ statusCode }) => statusCode === fine)).toHaveLength(quota);
      expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(quota * 2);
    }
  });

  // AU-31: a thousand names for one client, and still one client.
  it("when a client writes a thousand addresses of its own, then it is counted by the one the proxy wrote", async () => {
    const from = newAddress();
    let passed = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const spoofed = `198.51.${count >> 8}.${count & 255}, ${from}`;
      const answer = await send(auth.app, spoofed, { url: "/customers/anonymous" });
      if (answer.statusCode === 201) passed += 1;
    }
    expect(passed).toBe(30);
  });
});
