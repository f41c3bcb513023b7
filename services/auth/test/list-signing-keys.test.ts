import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixedClock, waitFor } from "@comanda/testing";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
    await expect(openSigningKeys({ directory, log })).rejects.toThrow(/AUTH_KEYS_DIR holds no usable signing key/);
    await expect(openSigningKeys({ directory: join(directory, "none"), log })).rejects.toThrow(/cannot be read/);
    await rm(directory, { recursive: true });
  });
});
