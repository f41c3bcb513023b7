import { randomBytes } from "node:crypto";
import { systemClock } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRefusedLetter, openLetter } from "../src/storage/letters.ts";
import type { People } from "../src/storage/people.ts";
import { makePersonalData } from "../src/storage/personal-data.ts";
import { findPinHash, writePin } from "../src/storage/pins.ts";
import { replaceCode } from "../src/storage/verifications.ts";
import { makeGuardAttempts } from "../src/use-cases/guard-attempts.ts";
import { countUnderOtherKey, rekeyInvitations, rekeyPeople } from "../src/use-cases/rekey-people.ts";
import { makeSecondFactors } from "../src/use-cases/second-factor.ts";
import { hireStaff, registerGuest, registration } from "./builders.ts";
import { type Auth, bearer, post, postToken, settings, signToken, startAuth } from "./harness.ts";
import { codeOf } from "./totp-app.ts";

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const OLD = settings.PERSONAL_DATA_KEY;
const NEXT = randomBytes(32).toString("base64");
const log = { error: () => undefined };
const under = (current: string, previous?: string): People => ({
  db: auth.people.db,
  personalData: makePersonalData({ current, previous }),
});
/** Everything under the next key, and back at the end of a story. */
async function change(from: string, to: string): Promise<void> {
  const people = under(to, from);
  await rekeyPeople({ people, log });
  await rekeyInvitations({ people, log });
}

function writeOnePin(people: People, personId: string, hash: string): Promise<void> {
  return people.db.transaction().execute((tx) => writePin({ ...people, db: tx }, { personId, hash, at: new Date() }));
}

/** Auth on the same database under other keys. */
async function restarted(keys: Partial<typeof settings> & { readonly PERSONAL_DATA_KEY_PREVIOUS?: string }) {
  return startAuth({ settings: keys, route: async () => auth.database.url });
}

describe("what else is sealed, when the master key changes", () => {
  it("when the old key is gone, then open invitations are listed and accepted, and nobody is invited twice", async () => {
    const boss = await hireStaff(auth, { role: "admin" });
    const token = await signToken(auth, { role: "admin", subject: boss.id });
    const invite = (at: Auth, email: string) =>
      post(at, "/customers/invitations", { payload: { email, role: "kitchen" }, token });
    const { email } = registration();
    const { code } = (await invite(auth, email)).json();
    const again = registration().email;
    await invite(auth, again);
    await change(OLD, NEXT);
    expect(await countUnderOtherKey(under(NEXT))).toBe(0);
    const alone = await restarted({ PERSONAL_DATA_KEY: NEXT });
    try {
      const headers = bearer(await signToken(alone, { role: "admin" }));
      const list = await alone.app.inject({ url: "/customers/invitations", headers });
      expect(list.statusCode).toBe(200);
      expect(list.json().items.map((one: { email: string }) => one.email)).toContain(email);
      const payload = { code, name: "Rita Lima", password: "um pastel de queijo" };
      expect((await post(alone, "/customers/invitations/accept", { payload })).statusCode).toBe(201);
      expect((await postToken(alone, { username: email, password: payload.password })).statusCode).toBe(200);
      const admin = await signToken(alone, { role: "admin" });
      const second = { payload: { email: again, role: "kitchen" }, token: admin };
      expect((await post(alone, "/customers/invitations", second)).statusCode).toBe(201);
      const open = await auth.database.pool.query(
        "select from invitations where email_index = $1 and accepted_at is null and revoked_at is null",
        [under(NEXT).personalData.index("invitation", again)],
      );
      expect(open.rowCount).toBe(1);
    } finally {
      await alone.close();
      await change(NEXT, OLD);
    }
  });

  it("when an invitation opens with no living key, then it is named, counted and left", async () => {
    const token = await signToken(auth, { role: "admin" });
    const payload = { email: registration().email, role: "kitchen" };
    const { id } = (await post(auth, "/customers/invitations", { payload, token })).json();
    const lost = makePersonalData({ current: randomBytes(32).toString("base64") }).newKey(id);
    await auth.database.pool.query("update invitations set data_key = $2 where id = $1", [id, lost]);
    const said: object[] = [];
    const failing = { error: (details: object) => said.push(details) };
    expect(await rekeyInvitations({ people: auth.people, log: failing })).toBe(0);
    expect(said).toEqual([expect.objectContaining({ invitation: id })]);
    expect(await countUnderOtherKey(auth.people)).toBe(1);
    await auth.database.pool.query("delete from invitations where id = $1", [id]);
  });

  it("when people have a second factor, a PIN and a letter on its way, then all of them are good under the next key", async () => {
    const { id, sent } = await hireStaff(auth, { role: "cashier" });
    const { access_token: token } = (await postToken(auth, { username: sent.email, password: sent.password })).json();
    const begun = await post(auth, `/customers/${id}/mfa`, { payload: { password: sent.password }, token });
    const { secret } = begun.json();
    await writeOnePin(auth.people, id, "the hash of a PIN");
    const guest = await registerGuest(auth);
    const owner = { personId: guest.id, sessionId: "a session" };
    const expiresAt = new Date(Date.now() + 600_000);
    const code = { digest: randomBytes(32), writtenAt: expiresAt, expiresAt, letter: "words of a letter" };
    await replaceCode(auth.people, owner, code);
    await auth.database.pool.query("update letters set refused_at = now()");
    await change(OLD, NEXT);
    const alone = under(NEXT);
    expect(await findPinHash(alone, id)).toBe("the hash of a PIN");
    expect(await findRefusedLetter(alone, owner, new Date())).toBe("words of a letter");
    const { rows } = await auth.database.pool.query("select verification_id as id from letters");
    expect(await openLetter(alone, rows[0].id)).toBe("words of a letter");
    const factors = makeSecondFactors({
      people: alone,
      clock: systemClock,
      guardAttempts: makeGuardAttempts({ db: alone.db, clock: systemClock }),
      noteRevocations: async () => undefined,
    });
    const shown = { personId: id, code: codeOf(secret, new Date()), tokenId: "none", note: async () => {} };
    expect((await factors.confirm(shown)).outcome).toBe("right");
    await change(NEXT, OLD);
  });

  // A secret sealed under the data key of a moment ago would be lost with it.
  it("when PINs are set at the very moment, then each opens afterwards", async () => {
    const staff = await Promise.all(Array.from({ length: 12 }, () => hireStaff(auth, { role: "kitchen" })));
    const changing = under(NEXT, OLD);
    for (const [from, to] of [
      [OLD, NEXT],
      [NEXT, OLD],
    ] as const) {
      const both = under(to, from);
      await Promise.all([
        rekeyPeople({ people: both, log }),
        ...staff.map(({ id }) => writeOnePin(changing, id, `PIN of ${id}`)),
        rekeyPeople({ people: both, log }),
      ]);
      for (const { id } of staff) expect(await findPinHash(changing, id)).toBe(`PIN of ${id}`);
    }
    await rekeyPeople({ people: under(OLD, NEXT), log });
  });
});

describe("what the operator sees of it", () => {
  it("when auth starts with both keys, then a log line and a figure say that the former may go", async () => {
    await registerGuest(auth);
    const changing = await restarted({ PERSONAL_DATA_KEY: NEXT, PERSONAL_DATA_KEY_PREVIOUS: OLD });
    try {
      await waitFor(() =>
        changing.logLines.some((line) => line.includes("nothing is under PERSONAL_DATA_KEY_PREVIOUS")),
      );
      expect(await changing.metrics.metrics()).toMatch(/^auth_rows_under_other_key 0$/m);
    } finally {
      await changing.close();
    }
    // Whoever took the former key away too early is told how many that shuts out.
    const early = await restarted({});
    try {
      await waitFor(() => early.logLines.some((line) => line.includes("are still under another key")), {
        timeoutMs: 20_000,
      });
      expect(await early.metrics.metrics()).toMatch(/^auth_rows_under_other_key [1-9]/m);
    } finally {
      await early.close();
      await change(NEXT, OLD);
    }
  });
});
