import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultAccessToken } from "../src/index.ts";
import { qrOrder, receiver, start, talkTo } from "./harness.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

const startProcess = async (env: Record<string, string>) => {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"] ?? "", SANDBOX_PORT: "0", ...env },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = await once(child.stdout, "data");
  const said: { msg: string; url: string } = JSON.parse(String(line));
  return { child, said, url: said.url, ...talkTo(said.url) };
};
const ended = async (child: ChildProcess) => {
  const [code, signal] = await once(child, "exit");
  return { code, signal };
};
const makeDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), "sandbox-data-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
};

describe("a sandbox with a journal", () => {
  // Protects money: an answer is a promise, so what it tells must already be on disk when it arrives.
  it("when an order or a payment is answered, then the journal already holds it", async () => {
    const directory = await makeDirectory();
    const { authorized, pay } = await start({ dataDir: directory });
    const journal = () => readFileSync(join(directory, "journal.jsonl"), "utf8");
    for (let round = 0; round < 40; round += 1) {
      const order = await authorized("POST", "/v1/orders", { body: qrOrder(), key: `${round}` });
      expect(journal()).toContain(`["order","${order.body.id}"`);
      const paid = await pay({ qr_code: order.body.type_response.qr_data });
      expect(journal()).toContain(`"referenceId":${paid.body.payment_id}`);
    }
  });
});

describe("a sandbox that is killed", () => {
  // Protects money: whatever was answered before `kill -9` must be there afterwards.
  it("when it is killed in the middle of work, then no answered order, payment or key is lost", async () => {
    const directory = await makeDirectory();
    const first = await startProcess({ SANDBOX_DATA_DIR: directory });
    const answered = { created: new Map<string, string>(), paid: new Set<string>() };
    const work = async (worker: number) => {
      for (let round = 0; ; round += 1) {
        const key = `${worker}-${round}`;
        const body = qrOrder({ external_reference: key });
        const order = await first.authorized("POST", "/v1/orders", { body, key });
        answered.created.set(key, order.body.id);
        const payment = await first.pay({ qr_code: order.body.type_response.qr_data });
        if (payment.status === 200) answered.paid.add(order.body.id);
        if (answered.paid.size === 60) first.child.kill("SIGKILL");
      }
    };
    await Promise.allSettled([1, 2, 3, 4, 5, 6].map(work));
    expect(answered.paid.size).toBeGreaterThanOrEqual(60);

    const second = await startProcess({ SANDBOX_DATA_DIR: directory });
    const { charges } = await second.ledger();
    const paidNow = new Set(
      charges.filter((row: { times_paid: number }) => row.times_paid === 1).map(({ id }: { id: string }) => id),
    );
    expect([...answered.paid].filter((id) => !paidNow.has(id))).toEqual([]);
    const known = new Set(charges.map(({ id }: { id: string }) => id));
    expect([...answered.created.values()].filter((id) => !known.has(id))).toEqual([]);
    const [key, id] = [...answered.created][0] ?? ["", ""];
    const found = charges.find((row: { external_reference: string }) => row.external_reference === key);
    expect(found.id).toBe(id);
    const numbers = charges.map((row: { payment_id: string | null }) => row.payment_id).filter(Boolean);
    const fresh = await second.authorized("POST", "/v1/orders", { body: qrOrder(), key: "fresh" });
    const { body } = await second.pay({ qr_code: fresh.body.type_response.qr_data });
    expect(numbers).not.toContain(body.payment_id);
  });

  it("when it comes back, then keys replay, time goes on, and what was not told yet is told", async () => {
    const directory = await makeDirectory();
    const { url, received } = await receiver([500, 500, 500]);
    const env = { SANDBOX_DATA_DIR: directory, SANDBOX_WEBHOOK_URL: url };
    const first = await startProcess(env);
    const body = qrOrder({ expiration_time: "PT10M" });
    const order = await first.authorized("POST", "/v1/orders", { body, key: "k" });
    const open = await first.authorized("POST", "/v1/orders", { body: qrOrder(), key: "k2" });
    await first.advance(60_000);
    await first.pay({ qr_code: order.body.type_response.qr_data });
    const end = ended(first.child);
    first.child.kill("SIGKILL");
    await end;

    const second = await startProcess(env);
    const replay = await second.authorized("POST", "/v1/orders", { body, key: "k" });
    expect(replay.text).toBe(order.text);
    expect((await second.send("GET", "/sandbox/clock")).body.offset_ms).toBe(60_000);
    await second.advance(250_000);
    const expired = await second.authorized("GET", `/v1/orders/${open.body.id}`);
    expect(expired.body.status).toBe("expired");
    await expect
      .poll(() => received.map(({ body: notice }) => notice["action"]), { timeout: 5000 })
      .toEqual(expect.arrayContaining(["order.processed", "order.expired"]));
  });
});

describe("the process", () => {
  it("when it listens, then it says so in one JSON line; when it is asked to stop, then it does within two seconds", async () => {
    const { child, said } = await startProcess({
      SANDBOX_ACCESS_TOKEN: "APP_USR-5-x-6",
      SANDBOX_EXTERNAL_POS_ID: "OUTRO9",
    });
    expect(said).toMatchObject({ msg: "listening", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const headers = { authorization: "Bearer APP_USR-5-x-6" };
    const { send } = talkTo(said.url);
    expect((await send("GET", "/pos", { headers })).body.results[0].external_id).toBe("OUTRO9");
    expect(
      (await send("GET", "/users/me", { headers: { authorization: `Bearer ${defaultAccessToken}` } })).status,
    ).toBe(401);
    const startedMs = Date.now();
    const end = ended(child);
    child.kill("SIGTERM");
    expect(await end).toEqual({ code: 0, signal: null });
    expect(Date.now() - startedMs).toBeLessThan(10_000);
  });

  // Protects the journal: the second process must not rewrite it under the first.
  it("when the port is taken, then one sentence says so, the exit code is 1, and the journal of the first is untouched", async () => {
    const directory = await makeDirectory();
    const { url, authorized } = await startProcess({ SANDBOX_DATA_DIR: directory });
    const env = { PATH: "", SANDBOX_PORT: new URL(url).port, SANDBOX_DATA_DIR: directory };
    const child = spawn(process.execPath, [main], { env });
    const [said, end] = await Promise.all([once(child.stderr, "data"), ended(child)]);
    expect(end.code).toBe(1);
    expect(String(said)).toBe(
      `Port ${new URL(url).port} of 127.0.0.1 is already in use; set SANDBOX_PORT to a free one.\n`,
    );
    const order = await authorized("POST", "/v1/orders", { body: qrOrder(), key: "k" });
    expect(readFileSync(join(directory, "journal.jsonl"), "utf8")).toContain(order.body.id);
  });
});
