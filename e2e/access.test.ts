import { generateKeyPairSync, randomUUID } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type System, startSystem } from "@comanda/testing/system";
import { adminToken, ask, guestToken } from "@comanda/testing/system-client";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.stop(), 60_000);

const CLERK = { name: "Rita Lima", email: "rita@exemplo.com.br", cpf: "52998224725", password: "um pastel de queijo" };
/** Within which a revocation reaches every service: reliability AU-06 and AU-08. */
const REACHED_MS = 5_000;

/** Something that staff may ask of each service, by itself and through the gateway. */
const doors = () => ({
  auth: `${system.auth}/auth`,
  order: `${system.order}/orders?limit=1`,
  payment: `${system.payment}/payments?limit=1`,
  gateway: `${system.web}/orders?limit=1`,
});

async function statusOf(url: string, token: string): Promise<number> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.status;
}

/** What each door answers to each of the tokens. */
async function statusesOf(tokens: readonly string[]): Promise<readonly number[]> {
  return Promise.all(tokens.flatMap((token) => Object.values(doors()).map((url) => statusOf(url, token))));
}

async function signIn({ email, password }: { readonly email: string; readonly password: string }): Promise<string> {
  const body = new URLSearchParams({ username: email, password });
  const answer = await fetch(`${system.web}/token`, { method: "POST", body });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token; // our own system's answer
}

describe("whoever is put out", () => {
  it("when somebody with five sessions is kept out, then auth refuses at once, and every service within 5 s", async () => {
    const admin = await adminToken(system);
    const hired = { token: admin, body: { ...CLERK, role: "cashier" }, expect: 201 };
    const { id } = await ask<{ id: string }>(`${system.web}/customers/admin`, hired);
    const sessions = await Promise.all(Array.from({ length: 5 }, () => signIn(CLERK)));
    expect(new Set(await statusesOf(sessions))).toEqual(new Set([200]));
    const out = { token: admin, method: "PATCH", body: { active: false } };
    await ask(`${system.web}/customers/admin/${id}`, out);
    for (const token of sessions) expect(await statusOf(doors().auth, token)).toBe(401);
    await delay(REACHED_MS);
    expect(new Set(await statusesOf(sessions))).toEqual(new Set([401]));
    expect(new Set(await statusesOf([admin]))).toEqual(new Set([200]));
  }, 60_000);

  it("when a device is revoked, or somebody signs out, then the same", async () => {
    const admin = await adminToken(system);
    const made = { token: admin, body: { name: "Cozinha", kind: "counter" }, expect: 201 };
    const { id, pairing_code: code } = await ask<{ id: string; pairing_code: string }>(`${system.web}/devices`, made);
    const body = new URLSearchParams({ grant_type: "urn:comanda:device", pairing_code: code });
    const paired = (await (await fetch(`${system.web}/token`, { method: "POST", body })).json()) as {
      access_token: string;
    }; // our own system's answer
    const leaving = await signIn({ email: system.admin.email, password: system.admin.password });
    const orders = [doors().order, doors().gateway, doors().auth];
    for (const url of orders) expect(await statusOf(url, paired.access_token)).toBe(200);
    await fetch(`${system.web}/devices/${id}`, { method: "DELETE", headers: { authorization: `Bearer ${admin}` } });
    await fetch(`${system.web}/revoke`, {
      method: "POST",
      headers: { authorization: `Bearer ${leaving}` },
      body: new URLSearchParams({ token: leaving }),
    });
    for (const token of [paired.access_token, leaving]) expect(await statusOf(doors().auth, token)).toBe(401);
    await delay(REACHED_MS);
    expect(new Set(await statusesOf([paired.access_token, leaving]))).toEqual(new Set([401]));
    expect(new Set(await statusesOf([admin]))).toEqual(new Set([200]));
  }, 60_000);
});

// Reliability AU-25.
describe("what the shop says of itself to programs", () => {
  it("when the metadata are crawled from outside, then the issuer is that of the tokens and every address answers", async () => {
    const metadata = await ask<Record<string, unknown>>(`${system.web}/.well-known/oauth-authorization-server`);
    const { iss } = decodeJwt(await adminToken(system));
    expect(metadata["issuer"]).toBe(iss);
    const addresses = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    for (const [name, address] of addresses) {
      expect(String(address).startsWith(`${iss}/`), name).toBe(true);
      const isRead = name.endsWith("_uri");
      const answer = await fetch(String(address), isRead ? {} : { method: "POST", body: new URLSearchParams() });
      // An endpoint that is asked nothing says so in OAuth's words.
      const body = (await answer.json()) as { keys?: unknown[]; error?: string }; // checked by what is expected of it
      expect(isRead ? body.keys?.length : body.error, name).toBeTruthy();
    }
  });

  it("when an administrator reads the trails through the one door, then each service's is there", async () => {
    const token = await adminToken(system);
    for (const service of ["auth", "order", "payment"]) {
      const page = await ask<{ items: unknown[] }>(`${system.web}/audit/${service}?limit=5`, { token });
      expect(Array.isArray(page.items), service).toBe(true);
      const url = `${system.web}/audit/${service}/verification`;
      expect(await ask<object>(url, { token })).toMatchObject({ is_intact: true, first_bad: null });
    }
  });
});

// Reliability AU-10 with the processes as they run: published at once, signing 35 s later.
describe("a new signing key", () => {
  it("when it is put into the folder of a running shop, then it takes over and nobody with a good token is refused", async () => {
    const kid = randomUUID();
    const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    const file = join(system.dataDir, "secrets", "signing-keys", "9999.jwk.json");
    writeFileSync(`${file}.new`, JSON.stringify({ ...jwk, kid, alg: "EdDSA", use: "sig" }), { mode: 0o600 });
    const before = await adminToken(system);
    renameSync(`${file}.new`, file);
    const statuses: number[] = [];
    const deadline = Date.now() + 120_000;
    let tokensOfNewKey = 0;
    while (tokensOfNewKey < 100 && Date.now() < deadline) {
      const token = await guestToken(system);
      if (decodeProtectedHeader(token).kid === kid) tokensOfNewKey += 1;
      const asked = [doors().auth, doors().order, doors().gateway].map((url) => statusOf(url, token));
      statuses.push(...(await Promise.all(asked)), ...(await statusesOf([before])));
    }
    expect(tokensOfNewKey).toBe(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  }, 180_000);
});
