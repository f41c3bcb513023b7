import { createPool } from "@comanda/postgres";
import { type FixedClock, fixedClock, freePort, waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildApp } from "../src/app.ts";
import { registerGuest } from "./builders.ts";
import { type Auth, bearer, post, settings, startAuth } from "./harness.ts";
import { type MailServer, startMailServer } from "./mail-server.ts";

const MAIL_FROM = "Lanchonete <pedidos@lanchonete.example>";

let auth: Auth;
let clock: FixedClock;
let port: number;
let mail: { readonly SMTP_URL: string; readonly MAIL_FROM: string };
beforeAll(async () => {
  clock = fixedClock(new Date());
  port = await freePort();
  mail = { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM };
  auth = await startAuth({ clock, settings: mail });
});
afterAll(() => auth.close());
// Each test leaves nothing for the next one's mail server.
beforeEach(async () => {
  await auth.database.pool.query("delete from letters");
});

let opened: MailServer | null = null;
async function openPost(): Promise<MailServer> {
  opened = await startMailServer("plain", { port, needsPassword: false });
  return opened;
}
afterEach(async () => {
  await opened?.close();
  opened = null;
});
const askForCode = (id: string, token: string) => post(auth, `/customers/${id}/verification`, { token });
const confirm = (id: string, token: string, code: string) =>
  post(auth, `/customers/${id}/verification/confirm`, { token, payload: { code } });
const codeIn = (letter: MailServer["letters"][number] | undefined) =>
  /Seu c(?:ó|=C3=B3)digo (?:é|=C3=A9) (\d{6})/.exec(letter?.raw ?? "")?.[1] ?? "";
const waiting = async () => (await auth.database.pool.query("select from letters where refused_at is null")).rowCount;

/** Waits until every letter that was tried has been put off, and lets time pass until its next turn. */
async function untilNextTurn(): Promise<void> {
  await waitFor(async () => {
    const { rows } = await auth.database.pool.query("select attempts, next_at from letters");
    const now = clock.now().getTime();
    return rows.every(({ attempts, next_at: at }) => attempts > 0 && at.getTime() - now <= LONGEST_PAUSE_S * 1000);
  });
  clock.advanceSeconds(LONGEST_PAUSE_S);
}
const LONGEST_PAUSE_S = 30;

const lines = (text: string) => auth.logLines.filter((line) => line.includes(text)).length;

/** The post looks every two seconds for whose turn it is. */
async function untilTaken(server: MailServer, count: number): Promise<void> {
  await waitFor(() => server.letters.length >= count, { timeoutMs: 30_000, description: `${count} letters` });
}

describe("a code on its way by mail", () => {
  it("when the mail server is there, then the letter is for that address alone, and its code proves who one is", async () => {
    const server = await openPost();
    const { id, token, sent } = await registerGuest(auth);
    expect((await askForCode(id, token)).statusCode).toBe(202);
    await untilTaken(server, 1);
    expect(server.letters).toMatchObject([{ from: "pedidos@lanchonete.example", to: [sent.email] }]);
    expect((await confirm(id, token, codeIn(server.letters[0]))).statusCode).toBe(200);
    await waitFor(async () => (await waiting()) === 0);
  });

  it("when it is away, then the letter is kept, sealed, said once to the operator, and comes when it is back", async () => {
    const guests = await Promise.all([registerGuest(auth), registerGuest(auth), registerGuest(auth)]);
    const before = lines("letters-unsent");
    for (const { id, token } of guests) expect((await askForCode(id, token)).statusCode).toBe(202);
    await waitFor(() => lines('"alarm":"letters-unsent"') > before);
    const { rows } = await auth.database.pool.query("select letters::text as row, content_sealed from letters");
    expect(rows).toHaveLength(3);
    for (const { row, content_sealed: sealed } of rows) {
      const bytes = Buffer.from(sealed).toString("latin1");
      for (const { sent } of guests) expect(`${row}${bytes}`.includes(sent.email)).toBe(false);
      expect(bytes).not.toMatch(/Seu c/);
    }
    const server = await openPost();
    await untilNextTurn();
    await untilTaken(server, 3);
    expect(server.letters.flatMap(({ to }) => to).sort()).toEqual(guests.map(({ sent }) => sent.email).sort());
    const { id, token, sent } = guests[0];
    const letter = server.letters.find(({ to }) => to[0] === sent.email);
    expect((await confirm(id, token, codeIn(letter))).statusCode).toBe(200);
    await waitFor(() => lines('"alarm_over":"letters-unsent"') > 0);
    expect(lines('"alarm":"letters-unsent"')).toBe(before + 1);
    expect(auth.logLines.join("")).not.toContain(sent.email);
  });

  it("when this process dies with letters in its hands, then another one sends them", async () => {
    const { id, token, sent } = await registerGuest(auth);
    const pool = createPool({ connectionString: auth.database.url, applicationName: "second", log: auth.log });
    const second = await buildApp({ pool, keys: auth.keys, settings: { ...settings, ...mail }, log: auth.log, clock });
    // Taken by a process that never came back.
    await askForCode(id, token);
    await waitFor(
      async () => (await auth.database.pool.query("select from letters where attempts > 0")).rowCount === 1,
    );
    await auth.stop();
    const server = await openPost();
    await second.start();
    clock.advanceSeconds(91);
    await untilTaken(server, 1);
    expect(server.letters.map(({ to }) => to)).toEqual([[sent.email]]);
    await second.stop();
    await pool.end();
    await auth.start();
  });

  it("when two processes have the same letters, then each letter comes once", async () => {
    const pool = createPool({ connectionString: auth.database.url, applicationName: "second", log: auth.log });
    const second = await buildApp({ pool, keys: auth.keys, settings: { ...settings, ...mail }, log: auth.log, clock });
    await second.start();
    const server = await openPost();
    const guests = await Promise.all(Array.from({ length: 25 }, () => registerGuest(auth)));
    await Promise.all(guests.map(({ id, token }) => askForCode(id, token)));
    await untilTaken(server, 25);
    await waitFor(async () => (await waiting()) === 0);
    expect(server.letters.flatMap(({ to }) => to).sort()).toEqual(guests.map(({ sent }) => sent.email).sort());
    await second.stop();
    await pool.end();
  });

  it("when the server wants it later (grey-listing), then it comes later", async () => {
    const server = await openPost();
    const { id, token, sent } = await registerGuest(auth);
    server.answers.set(sent.email, [451, 451]);
    expect((await askForCode(id, token)).statusCode).toBe(202);
    for (const left of [1, 0]) {
      await waitFor(() => server.answers.get(sent.email)?.length === left, { timeoutMs: 30_000 });
      expect(server.letters).toEqual([]);
      await untilNextTurn();
    }
    await untilTaken(server, 1);
    expect(server.letters[0]?.to).toEqual([sent.email]);
  });

  it("when the server refuses the address, then asking again says so, until the address is corrected", async () => {
    const server = await openPost();
    const { id, token, sent } = await registerGuest(auth);
    server.answers.set(sent.email, [550]);
    expect((await askForCode(id, token)).statusCode).toBe(202);
    await waitFor(
      async () =>
        (await auth.database.pool.query("select from letters where refused_at > to_timestamp(0)")).rowCount === 1,
    );
    const again = await askForCode(id, token);
    expect([again.statusCode, again.json().code]).toEqual([409, "email-refused"]);
    expect(again.body).not.toContain(sent.email);
    expect(auth.logLines.join("")).not.toContain(sent.email);
    const email = sent.email.replace("@", ".certo@");
    const corrected = await auth.app.inject({
      method: "PATCH",
      url: `/customers/${id}`,
      headers: { ...bearer(token), "content-type": "application/json" },
      payload: JSON.stringify({ email }),
    });
    expect(corrected.statusCode).toBe(200);
    expect((await askForCode(id, token)).statusCode).toBe(202);
    // The code, and to the former address that there is another.
    await untilTaken(server, 2);
    expect(server.letters.flatMap(({ to }) => to).sort()).toEqual([email, sent.email].sort());
  });

  it("when the code went to an address that is another by now, then it proves nothing", async () => {
    const server = await openPost();
    const { id, token, sent } = await registerGuest(auth);
    await askForCode(id, token);
    await untilTaken(server, 1);
    const payload = JSON.stringify({ email: sent.email.replace("@", ".novo@") });
    const headers = { ...bearer(token), "content-type": "application/json" };
    await auth.app.inject({ method: "PATCH", url: `/customers/${id}`, headers, payload });
    expect((await confirm(id, token, codeIn(server.letters[0]))).statusCode).toBe(401);
  });

  it("when somebody asks again, or goes, or the code is over, then no letter of before is sent any more", async () => {
    const [again, goes, late] = [await registerGuest(auth), await registerGuest(auth), await registerGuest(auth)];
    for (const { id, token } of [again, goes, late]) await askForCode(id, token);
    expect(await waiting()).toBe(3);
    await auth.app.inject({ method: "DELETE", url: `/customers/${goes.id}`, headers: bearer(goes.token) });
    expect(await waiting()).toBe(2);
    clock.advanceSeconds(600);
    await askForCode(again.id, again.token);
    const server = await openPost();
    await untilTaken(server, 1);
    expect(server.letters.map(({ to }) => to)).toEqual([[again.sent.email]]);
  });
});
