import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, freePort, harvestSettings, noteText, type TestDatabase, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MIGRATIONS, settings, writeKey } from "./harness.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let database: TestDatabase;
let keysDir: string;
let emptyDir: string;
beforeAll(async () => {
  database = await createTestDatabase({ migrations: MIGRATIONS });
  keysDir = await mkdtemp(join(tmpdir(), "comanda-auth-keys-"));
  emptyDir = await mkdtemp(join(tmpdir(), "comanda-auth-empty-"));
  await writeKey(keysDir, "0001");
});
afterAll(async () => {
  await database.drop();
  await Promise.all([keysDir, emptyDir].map((directory) => rm(directory, { recursive: true })));
});

function environment(difference: Record<string, string> = {}) {
  const ours = { AUTH_DATABASE_URL: database.url, AUTH_KEYS_DIR: keysDir, ADMIN_PASSWORD: "uma senha bem longa" };
  return { ...settings, ...ours, ...difference };
}

function start(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
  harvestSettings(env);
  child.once("close", () => noteText("log of auth", output));
  const ended = once(child, "exit").then(([code]) => Number(code));
  return { child, ended, output: () => output };
}

describe("the process", () => {
  it("when two start on one empty database, then both serve, one administrator is made, and both stop cleanly", async () => {
    const ports = [await freePort(), await freePort()];
    const running = ports.map((port) => start(environment({ AUTH_PORT: String(port) })));
    for (const port of ports) {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, { timeoutMs: 20_000 });
    }
    const { rows } = await database.pool.query("select role from people");
    expect(rows).toEqual([{ role: "admin" }]);
    for (const { child } of running) child.kill("SIGTERM");
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(running.map(({ output }) => output()).join("")).not.toContain("uma senha bem longa");
  });

  it.each([
    ["the key folder is empty", () => ({ AUTH_KEYS_DIR: emptyDir }), /AUTH_KEYS_DIR holds no usable signing key/],
    ["the key folder is missing", () => ({ AUTH_KEYS_DIR: join(emptyDir, "none") }), /AUTH_KEYS_DIR cannot be read/],
    [
      "several settings are wrong",
      () => ({ ORDER_CLIENT_SECRET: "short", PERSONAL_DATA_KEY: "short", AUTH_ISSUER: "http://localhost:8080/" }),
      /AUTH_ISSUER.*ORDER_CLIENT_SECRET.*PERSONAL_DATA_KEY/,
    ],
    ["the administrator's password is weak", () => ({ ADMIN_PASSWORD: "senha123" }), /ADMIN_PASSWORD is not usable/],
  ])("when %s, then it ends with one sentence and code 1", async (_what, difference, sentence) => {
    const { ended, output } = start(environment(difference()));
    expect(await ended).toBe(1);
    expect(output()).toMatch(sentence);
    expect(output().trim().split("\n")).toHaveLength(1);
  });
});
