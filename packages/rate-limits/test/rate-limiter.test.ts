import { createHash } from "node:crypto";
import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool, type Pool } from "@comanda/postgres";
import { createTestDatabase, type TestDatabase, waitFor } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createPostgresCounter, createRateLimiter, readQuotas } from "../src/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  const migrations = await mkdtemp(join(tmpdir(), "comanda-rate-limits-"));
  await copyFile(
    "packages/rate-limits/sql/0001_create_rate_limits.sql",
    join(migrations, "0001_create_rate_limits.sql"),
  );
  database = await createTestDatabase({ migrations });
});
afterAll(() => database.drop());

const QUOTAS = { visit: { requests: 100, windowSeconds: 60 }, brief: { requests: 2, windowSeconds: 1 } };

const SECRET = "known to all processes and not to the database";

/** What a process of its own would have: its own connections and memory. */
function startInstance(pool: Pool = createPool({ connectionString: database.url, applicationName: "limits" })) {
  const warnings: string[] = [];
  onTestFinished(async () => {
    if (!pool.ended) await pool.end();
  });
  const log = { warn: (_details: unknown, message?: string) => void warnings.push(String(message)) };
  const limiter = createRateLimiter({ quotas: QUOTAS, counter: createPostgresCounter(pool), secret: SECRET, log });
  const passes = async (limit: keyof typeof QUOTAS, of: string) => {
    const [standing] = await limiter.take([{ limit, of }]);
    return standing?.isExceeded === false;
  };
  return { limiter, passes, warnings, pool };
}

describe("a limit that several processes share", () => {
  it("when two of them are asked 300 times at once, then exactly as many pass as the quota says", async () => {
    const instances = [startInstance(), startInstance()];
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, turn) => instances[turn % 2]?.passes("visit", "203.0.113.9")),
    );
    expect(answers.filter(Boolean)).toHaveLength(100);
  });

  it("when many keys are counted together, then each has its own count", async () => {
    const { limiter } = startInstance();
    const claims = Array.from({ length: 400 }, (_, turn) => ({ limit: "visit" as const, of: `key-${turn % 40}` }));
    const standings = await Promise.all(claims.map((claim) => limiter.take([claim])));
    const left = standings.map(([standing]) => standing?.remaining);
    for (let key = 0; key < 40; key += 1) {
      const ofKey = left.filter((_, turn) => turn % 40 === key).sort((one, other) => Number(other) - Number(one));
      expect(ofKey).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
    }
  });

  it("when one process has seen the limit, then it asks the database no more until the window is over", async () => {
    const { passes, pool } = startInstance();
    expect([await passes("brief", "a"), await passes("brief", "a"), await passes("brief", "a")]).toEqual([
      true,
      true,
      false,
    ]);
    const { rows: before } = await database.pool.query("select used from rate_limits where used = 3");
    for (let turn = 0; turn < 5; turn += 1) expect(await passes("brief", "a")).toBe(false);
    const { rows: after } = await database.pool.query("select used from rate_limits where used between 4 and 9");
    expect([before.length, after.length]).toEqual([1, 0]);
    await waitFor(() => passes("brief", "a"), { description: "the next window" });
    expect(pool.totalCount).toBeGreaterThan(0);
  });

  it("when a standing says when the window ends, then the limit holds until then and not longer", async () => {
    const { limiter, passes } = startInstance();
    for (let turn = 0; turn < 2; turn += 1) await passes("brief", "b");
    const [standing] = await limiter.take([{ limit: "brief", of: "b" }]);
    expect(standing).toMatchObject({ limit: "brief", isExceeded: true, remaining: 0, resetSeconds: 1 });
    await waitFor(() => passes("brief", "b"), { description: "the next window" });
  });

  it("when the database is away, then each process counts for itself, and says so once", async () => {
    const pool = createPool({ connectionString: "postgresql://nobody@127.0.0.1:1/none", applicationName: "limits" });
    const { passes, warnings } = startInstance(pool);
    const answers = [];
    for (let turn = 0; turn < 102; turn += 1) answers.push(await passes("visit", "203.0.113.10"));
    expect(answers.filter(Boolean)).toHaveLength(100);
    expect(warnings).toEqual(["rate limits are counted by this process alone"]);
  });

  it("when somebody holds the table, then an address cannot be found in it by trying all there are", async () => {
    const { passes } = startInstance();
    await database.pool.query("truncate rate_limits");
    await passes("visit", "203.0.113.77");
    const { rows } = await database.pool.query<{ key: Buffer }>("select key from rate_limits");
    const tried = createHash("sha256").update("visit\x103.0.113.77").digest().subarray(0, 16);
    expect(rows.map(({ key }) => key.toString("hex"))).toHaveLength(1);
    expect(rows[0]?.key.equals(tried)).toBe(false);
  });

  it("when windows are long over, then their rows go", async () => {
    const { passes, pool } = startInstance();
    await passes("visit", "old");
    await database.pool.query("update rate_limits set ends_at = now() - interval '2 hours'");
    await createPostgresCounter(pool).purge();
    expect((await database.pool.query("select 1 from rate_limits")).rowCount).toBe(0);
  });
});

describe("RATE_LIMITS", () => {
  it("when it names a limit, then that one changes and the others stay", () => {
    expect(readQuotas("brief=7/30", QUOTAS)).toEqual({ ...QUOTAS, brief: { requests: 7, windowSeconds: 30 } });
    expect(readQuotas(undefined, QUOTAS)).toEqual(QUOTAS);
    expect(readQuotas("off", QUOTAS)).toBeNull();
  });

  it("when it names no limit of the service, or lets nothing pass, then the start is refused", () => {
    expect(() => readQuotas("visits=1/1", QUOTAS)).toThrow(/visits is no limit/);
    expect(() => readQuotas("visit=0/1", QUOTAS)).toThrow(/must let something pass/);
  });
});

describe("the table in the services' migrations", () => {
  it("when a service creates it, then in exactly this package's form", async () => {
    const { glob, readFile } = await import("node:fs/promises");
    const original = await readFile("packages/rate-limits/sql/0001_create_rate_limits.sql", "utf8");
    const copies: string[] = [];
    for await (const path of glob("services/*/migrations/*_create_rate_limits.sql"))
      copies.push(await readFile(path, "utf8"));
    expect(copies.length).toBeGreaterThanOrEqual(1);
    for (const copy of copies) expect(copy).toBe(original);
  });
});
