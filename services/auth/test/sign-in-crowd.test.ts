import { afterAll, beforeAll, expect, it } from "vitest";
import { registerGuest } from "./builders.ts";
import { type Auth, bearer, postToken, settings, startAuth } from "./harness.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const CROWD = 200;

/** A crowd of people, of whom every second has an account; all with the wrong password. */
const crowdAround = (email: string) =>
  Array.from({ length: CROWD }, (_, at) => {
    const username = at % 2 === 0 ? `ninguem${at}@exemplo.com.br` : email.replace("@", `.${at}@`);
    return postToken(auth, { username, password: "uma senha bem errada" });
  });

const signInsNoted = async () => {
  const { rows } = await auth.database.pool.query(
    'select count(*)::int as count from audit_trail where content like \'%"action":"sign-in"%\'',
  );
  return rows[0].count;
};

// Reliability AU-14.
it("when a crowd signs in at once, then as many as there is room for are looked at, the others are told when to come", async () => {
  const { sent, token } = await registerGuest(auth);
  const before = await signInsNoted();
  const crowd = crowdAround(sent.email);
  // Meanwhile nobody else waits for them, and services and renewals are not of the crowd.
  const who = await auth.app.inject({ url: "/auth", headers: bearer(token) });
  expect(who.statusCode).toBe(200);
  const service = { grant_type: "client_credentials", client_id: "order", client_secret: settings.ORDER_CLIENT_SECRET };
  expect((await postToken(auth, service)).statusCode).toBe(200);

  const answers = await Promise.all(crowd);
  const looked = answers.filter(({ statusCode }) => statusCode === 400);
  const turnedAway = answers.filter(({ statusCode }) => statusCode === 503);
  expect(looked.length + turnedAway.length).toBe(CROWD);
  expect(looked.length).toBeGreaterThan(0);
  expect(turnedAway.length).toBeGreaterThan(0);
  for (const { headers, body } of turnedAway) {
    const seconds = Number(headers["retry-after"]);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(body).not.toContain(sent.email);
  }
  // Everybody who was looked at stands in the trail; of the others nothing is known, and no attempt is held against them.
  expect(await signInsNoted()).toBe(before + looked.length);
  const right = await postToken(auth, { username: sent.email, password: sent.password });
  expect(right.statusCode).toBe(200);
});

it("when a crowd is turned away, then the log says so in a few lines and not in one for each", async () => {
  const { sent } = await registerGuest(auth);
  const said = () => auth.logLines.filter((line) => line.includes('"request failed"')).length;
  const before = said();
  const began = performance.now();
  const answers = await Promise.all(crowdAround(sent.email));
  expect(answers.filter(({ statusCode }) => statusCode === 503).length).toBeGreaterThan(10);
  expect(said() - before).toBeLessThanOrEqual(2 + (performance.now() - began) / 1_000);
});
