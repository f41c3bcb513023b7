import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixedClock, waitFor } from "@comanda/testing";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPublishedKeys } from "../src/storage/published-keys.ts";
import { openSigningKeys } from "../src/storage/signing-keys.ts";
import { type Auth, bearer, ISSUER, post, startAuth, writeKey } from "./harness.ts";

let auth: Auth;
const clock = fixedClock(new Date());
beforeAll(async () => {
  auth = await startAuth({ clock });
});
afterAll(() => auth.close());

const keySet = async () => (await auth.app.inject({ url: "/.well-known/jwks.json" })).json();
const freshToken = async () => String((await post(auth, "/customers/anonymous")).json().access_token);

describe("list-signing-keys", () => {
  it("when the keys are read, then they are public halves only, and cacheable for a short while", async () => {
    const answer = await auth.app.inject({ url: "/.well-known/jwks.json" });
    expect(answer.headers["cache-control"]).toBe("public, max-age=15");
    expect(answer.json()).toEqual({
      keys: [
        { kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/), kid: "0001", alg: "EdDSA", use: "sig" },
      ],
    });
  });

  it("when a newer key appears, then it is published, signs 35 s later without a restart, and tokens of the old one stay good", async () => {
    const old = await freshToken();
    await writeKey(auth.keysDir, "0002");
    await waitFor(() => auth.keys.publicKeys().length === 2, { description: "the new key" });
    expect((await keySet()).keys.map((key: { kid: string }) => key.kid)).toEqual(["0001", "0002"]);
    clock.advanceSeconds(34);
    expect(decodeProtectedHeader(await freshToken()).kid).toBe("0001");
    clock.advanceSeconds(1);
    const young = await freshToken();
    expect(decodeProtectedHeader(young).kid).toBe("0002");
    const keys = createLocalJWKSet(await keySet());
    for (const token of [old, young]) {
      const ours = { issuer: ISSUER, audience: "order", typ: "at+jwt", algorithms: ["EdDSA"] };
      await jwtVerify(token, keys, { ...ours, currentDate: clock.now() });
      expect((await auth.app.inject({ url: "/auth", headers: bearer(token) })).statusCode).toBe(200);
    }
  });

  it("when a file is half-written, no key, or a key id again, then it is left out and said so", async () => {
    const before = await keySet();
    await writeFile(join(auth.keysDir, "0003.jwk.json"), '{"kty":"OKP"');
    await writeFile(
      join(auth.keysDir, "0004.jwk.json"),
      JSON.stringify({ kty: "OKP", crv: "Ed25519", kid: "x", x: "a" }),
    );
    await writeFile(join(auth.keysDir, "0005.jwk.json"), JSON.stringify({ ...before.keys[0], d: "A".repeat(43) }));
    await writeFile(join(auth.keysDir, "notes.txt"), "not a key");
    await waitFor(() => auth.logLines.join("").includes("0005.jwk.json"), { description: "a warning" });
    expect(await keySet()).toEqual(before);
    expect(auth.keys.current().kid).toBe("0002");
  });

  it("when the last usable key disappears, then the service goes on with what it knows", async () => {
    await Promise.all(["0001", "0002"].map((name) => rm(join(auth.keysDir, `${name}.jwk.json`))));
    await waitFor(() => auth.logLines.join("").includes("no usable key"), { description: "a warning" });
    expect(auth.keys.current().kid).toBe("0002");
    expect((await auth.app.inject({ url: "/auth", headers: bearer(await freshToken()) })).statusCode).toBe(200);
  });
});

describe("the key folder at the start", () => {
  it("when it is empty or missing, then there is no start", async () => {
    const directory = await mkdtemp(join(tmpdir(), "comanda-auth-empty-"));
    const log = { info: () => undefined, warn: () => undefined };
    const published = createPublishedKeys(auth.people.db);
    await expect(openSigningKeys({ directory, published, log })).rejects.toThrow(
      /AUTH_KEYS_DIR holds no usable signing key/,
    );
    await expect(openSigningKeys({ directory: join(directory, "none"), published, log })).rejects.toThrow(
      /cannot be read/,
    );
    await rm(directory, { recursive: true });
  });

  // Reliability AU-10: whoever restarts auth to bring a new key in has services that have not read it yet.
  it("when a key was put there before it, then it is published at once and signs 35 s later, restarted again or not", async () => {
    const own = await startAuth({ clock });
    const published = createPublishedKeys(own.people.db);
    const restart = () => openSigningKeys({ directory: own.keysDir, published, log: own.log, clock });
    const signs = async () => {
      const keys = await restart();
      keys.stop();
      return [keys.current().kid, keys.publicKeys().length];
    };
    // The first of all has no other beside it.
    expect(await signs()).toEqual(["0001", 1]);
    clock.advanceSeconds(3_600);
    own.keys.stop();
    await writeKey(own.keysDir, "0002");
    expect(await signs()).toEqual(["0001", 2]);
    clock.advanceSeconds(34);
    expect(await signs()).toEqual(["0001", 2]);
    clock.advanceSeconds(1);
    expect(await signs()).toEqual(["0002", 2]);
    // A key that leaks and leaves: the next one signs, however young.
    await writeKey(own.keysDir, "0003");
    await Promise.all(["0001", "0002"].map((name) => rm(join(own.keysDir, `${name}.jwk.json`))));
    expect(await signs()).toEqual(["0003", 1]);
    await own.close();
  });

  // Which of them others know already cannot be told, as after an update from before this was noted: the older one, if any.
  it("when two are there at the very first, then the first by name signs, and 35 s later the last", async () => {
    const own = await startAuth({ clock });
    own.keys.stop();
    await writeKey(own.keysDir, "0002");
    await own.database.pool.query("delete from published_keys");
    const keys = await openSigningKeys({
      ...{ directory: own.keysDir, published: createPublishedKeys(own.people.db), log: own.log, clock },
    });
    expect(keys.current().kid).toBe("0001");
    clock.advanceSeconds(35);
    expect(keys.current().kid).toBe("0002");
    keys.stop();
    await own.close();
  });

  it("when the database is away, then a key that is taken away goes all the same, and the rest is noted later", async () => {
    const own = await startAuth({ clock });
    await writeKey(own.keysDir, "0002");
    await waitFor(() => own.keys.publicKeys().length === 2);
    await own.database.pool.query("alter table published_keys rename to away");
    await rm(join(own.keysDir, "0001.jwk.json"));
    await waitFor(() => own.keys.publicKeys().length === 1);
    expect(own.keys.current().kid).toBe("0002");
    await own.database.pool.query("alter table away rename to published_keys");
    const kids = async () => (await own.database.pool.query("select kid from published_keys")).rows;
    await waitFor(async () => JSON.stringify(await kids()) === '[{"kid":"0002"}]');
    await own.close();
  });
});
