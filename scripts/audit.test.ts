import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createPostgresTrail, cutOldEntries } from "@comanda/audit";
import { createDatabase } from "@comanda/postgres";
import { newId, systemClock } from "@comanda/primitives";
import { createTestDatabase, type TestDatabase } from "@comanda/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const databases: TestDatabase[] = [];
let environment: Record<string, string>;
beforeAll(async () => {
  for (const service of ["auth", "order", "payment"]) {
    const database = await createTestDatabase({ migrations: `services/${service}/migrations` });
    databases.push(database);
    const trail = createPostgresTrail(createDatabase<object>(database.pool));
    const actor = { id: newId(), role: "admin" };
    for (let turn = 0; turn < 3; turn += 1) {
      // Of auth's, two are from before what is kept.
      const at = service === "auth" && turn < 2 ? new Date("2020-01-02") : new Date();
      await trail.append({
        ...{ id: newId(), at, action: "try", outcome: "ok", actor, target: null, address: null, requestId: null },
        details: { turn },
      });
    }
  }
  const [auth, order, payment] = databases.map(({ url }) => url);
  environment = { AUTH_DATABASE_URL: auth ?? "", ORDER_DATABASE_URL: order ?? "", PAYMENT_DATABASE_URL: payment ?? "" };
});
afterAll(() => Promise.all(databases.map((database) => database.drop())));

async function run(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  const ran = promisify(execFile)(process.execPath, ["scripts/audit.ts", ...args], { env: environment });
  return ran.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe("npm run audit -- verify", () => {
  it("when the trails are as they were written, then it says so and prints their heads", async () => {
    const { code, output } = await run("verify");
    expect(code).toBe(0);
    expect(output.match(/3 rows, all as written; head (auth|order|payment):3:[0-9a-f]{64}/g)).toHaveLength(3);
  });

  it("when a head was noted and is another now, then it says which row", async () => {
    const { code, output } = await run("verify", "--head", `order:2:${"0".repeat(64)}`);
    expect([code, output]).toEqual([1, expect.stringContaining("order: row 2 is altered; the 1 rows before it")]);
  });

  it("when a row was altered, then it names it and the others are told of as well", async () => {
    const client = await databases[2]?.pool.connect();
    await client?.query("set session_replication_role = replica");
    await client?.query("update audit_trail set content = replace(content, '\"try\"', '\"lie\"') where seq = 3");
    client?.release(true);
    const { code, output } = await run("verify");
    expect(code).toBe(1);
    expect(output).toContain("payment: row 3 is altered");
    expect(output).toContain("auth: 3 rows, all as written");
  });

  it("when a trail was cut, then it says where, and a head from before that does not pass", async () => {
    const [database] = databases;
    if (database === undefined) throw new Error("auth has its database");
    const trail = createPostgresTrail(createDatabase<object>(database.pool));
    const heads = (await trail.read(0, 2)).map(({ seq, hash }) => `auth:${seq}:${hash.toString("hex")}`);
    expect(await cutOldEntries({ trail, clock: systemClock })).toBe(2);
    const [early, last] = await Promise.all(heads.map((head) => run("verify", "--head", head)));
    expect(last?.output).toContain("auth: 2 rows behind row 2, where it was cut, all as written; head auth:4:");
    expect(early?.output).toContain("auth: row 1 was cut off; give a head that was noted in the last five years");
    expect(early?.code).toBe(1);
  });

  it("when it is asked for anything else, then it says how it is used", async () => {
    expect(await run()).toEqual({ code: 2, output: expect.stringContaining("npm run audit -- verify") });
    expect((await run("verify", "--head", "x")).code).toBe(1);
  });
});
