import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDevice, pairDevice } from "./builders.ts";
import { type Auth, bearer, postToken, signToken, startAuth } from "./harness.ts";

let auth: Auth;
let admin: string;
beforeAll(async () => {
  auth = await startAuth();
  admin = await signToken(auth, { role: "admin" });
});
afterAll(() => auth.close());

const revoke = (id: string) => auth.app.inject({ method: "DELETE", url: `/devices/${id}`, headers: bearer(admin) });
const list = async (query = "") => (await auth.app.inject({ url: `/devices${query}`, headers: bearer(admin) })).json();
const check = async (token: string) => (await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode;

describe("revoke-device", () => {
  it("when a device is revoked, then its tokens are out at once, and another device's are not", async () => {
    const [lost, kept] = [await pairDevice(auth), await pairDevice(auth)];
    const renewed = (await postToken(auth, { grant_type: "refresh_token", refresh_token: lost.refreshToken })).json();
    const answer = await revoke(lost.id);
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    expect([await check(lost.token), await check(renewed.access_token), await check(kept.token)]).toEqual([
      401, 401, 200,
    ]);
    const refreshed = await postToken(auth, { grant_type: "refresh_token", refresh_token: renewed.refresh_token });
    expect([refreshed.statusCode, refreshed.json().error]).toEqual([400, "invalid_grant"]);
  });

  // A renewal or a pairing that is under way must not leave a token behind that nobody knows of.
  it("when it renews, or is paired, at the very moment it is revoked, then no token of it is good", async () => {
    // Where the revocation is first, the code is a wrong one, and of one address twenty of those are looked at.
    for (let round = 0; round < 6; round += 1) {
      const { id, refreshToken } = await pairDevice(auth);
      const unpaired = await makeDevice(auth);
      const [renewed, paired] = await Promise.all([
        postToken(auth, { grant_type: "refresh_token", refresh_token: refreshToken }),
        postToken(auth, { grant_type: "urn:comanda:device", pairing_code: unpaired.code }),
        revoke(id),
        revoke(unpaired.id),
      ]);
      for (const answer of [renewed, paired]) {
        if (answer.statusCode === 200) expect(await check(answer.json().access_token)).toBe(401);
      }
    }
  });

  it("when it was not paired yet, then its code is worth nothing", async () => {
    const { id, code } = await makeDevice(auth);
    await revoke(id);
    const paired = await postToken(auth, { grant_type: "urn:comanda:device", pairing_code: code });
    expect(paired.statusCode).toBe(400);
  });

  it("when it is revoked again, then 204 and nothing changes; an unknown one is 404", async () => {
    const { id } = await makeDevice(auth);
    await revoke(id);
    const { revoked_at: first } = (await list()).items[0];
    expect((await revoke(id.toUpperCase())).statusCode).toBe(204);
    expect((await list()).items[0].revoked_at).toBe(first);
    for (const unknown of [newId(), "nonsense", "'; --"]) {
      expect((await revoke(encodeURIComponent(unknown))).statusCode).toBe(404);
    }
  });
});

describe("list-devices", () => {
  it("when devices are listed, then the newest is first, with what is known of each and no secret", async () => {
    const waiting = await makeDevice(auth, { name: "Painel da rua", kind: "panel" });
    const paired = await pairDevice(auth, { name: "Cozinha fria", kind: "kitchen" });
    const { items } = await list("?limit=2");
    expect(items).toEqual([
      {
        id: paired.id,
        name: "Cozinha fria",
        kind: "kitchen",
        created_at: expect.stringMatching(/\.\d{3}Z$/),
        paired_at: expect.stringMatching(/\.\d{3}Z$/),
        last_seen_at: expect.stringMatching(/\.\d{3}Z$/),
        software_version: null,
        revoked_at: null,
      },
      expect.objectContaining({ id: waiting.id, paired_at: null, last_seen_at: null, revoked_at: null }),
    ]);
    expect(JSON.stringify(items)).not.toContain(waiting.code);
  });

  it("when there are more than a page holds, then the pages follow each other without gap or repetition", async () => {
    for (let count = 0; count < 5; count += 1) await makeDevice(auth);
    const whole = (await list("?limit=100")).items.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; next_cursor: string | null } = await list(
        `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole);
  });

  it("when a device shows itself, then the time it was last seen moves, at most once a minute", async () => {
    const { id, token } = await pairDevice(auth);
    const old =
      "update devices set last_seen_at = last_seen_at - interval '1 hour' where id = $1 returning last_seen_at";
    const { rows } = await auth.database.pool.query(old, [id]);
    await check(token);
    const seenAt = async () => {
      const found = (await list("?limit=100")).items.find((item: { id: string }) => item.id === id);
      return Date.parse(found.last_seen_at);
    };
    await waitFor(async () => (await seenAt()) > rows[0].last_seen_at.getTime());
    expect(Date.now() - (await seenAt())).toBeLessThan(60_000);
  });

  it("when a device says what it runs, at pairing and at renewals, then the list shows the latest", async () => {
    const { id, code } = await makeDevice(auth);
    const versionOf = async () =>
      (await list("?limit=100")).items.find((item: { id: string }) => item.id === id).software_version;
    const pairing = { grant_type: "urn:comanda:device", pairing_code: code };
    const first = await postToken(auth, { ...pairing, software_version: "1.4.2" });
    expect([first.statusCode, await versionOf()]).toEqual([200, "1.4.2"]);
    const renewal = { grant_type: "refresh_token", refresh_token: first.json().refresh_token };
    const next = await postToken(auth, { ...renewal, software_version: "1.5.0-beta+7" });
    expect(next.statusCode).toBe(200);
    await waitFor(async () => (await versionOf()) === "1.5.0-beta+7");
    await postToken(auth, { grant_type: "refresh_token", refresh_token: next.json().refresh_token });
    expect(await versionOf()).toBe("1.5.0-beta+7");
  });

  it.each(["", " 1", "<script>", "1".repeat(41), "1\n2", "versão"])(
    "when the version is %j, then it is refused, or none, and neither code nor renewal is spent by it",
    async (version) => {
      const { code } = await makeDevice(auth);
      const form = { grant_type: "urn:comanda:device", pairing_code: code };
      const answer = await postToken(auth, { ...form, software_version: version });
      if (version === "") return expect(answer.statusCode).toBe(200);
      expect([answer.statusCode, answer.json().error]).toEqual([400, "invalid_request"]);
      const { refresh_token: token } = (await postToken(auth, form)).json();
      const renewal = { grant_type: "refresh_token", refresh_token: token };
      expect((await postToken(auth, { ...renewal, software_version: version })).statusCode).toBe(400);
      expect((await postToken(auth, renewal)).statusCode).toBe(200);
    },
  );

  it("when the cursor is none of ours, then 422", async () => {
    const answer = await auth.app.inject({ url: "/devices?cursor=nonsense", headers: bearer(admin) });
    expect(answer.statusCode).toBe(422);
  });
});
