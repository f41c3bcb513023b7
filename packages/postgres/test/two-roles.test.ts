import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createTestDatabase } from "@comanda/testing";
import { expect, onTestFinished, test } from "vitest";
import { createPool, migrate, type Pool } from "../src/index.ts";

const migrations = new URL("./fixtures/migrations", import.meta.url).pathname;
const page = new URL("../../../docs/security.md", import.meta.url);

/** The statements that the page gives to operators, with another name than `auth`: the server is everybody's here. */
async function statementsOfPage(name: string): Promise<readonly string[]> {
  const blocks = [...(await readFile(page, "utf8")).matchAll(/^```sql\n(.*?)^```/gms)].map(([, block = ""]) => block);
  return blocks
    .flatMap((block) => block.replaceAll(/--.*$/gm, "").split(";"))
    .map((statement) => statement.trim().replaceAll(/\bauth(_next)?\b/g, (word) => word.replace("auth", name)))
    .filter((statement) => statement !== "");
}

async function start() {
  const { url, pool: admin, drop } = await createTestDatabase({ migrations });
  const name = `auth${randomBytes(6).toString("hex")}`;
  onTestFinished(async () => {
    await admin.query(`drop database if exists ${name} with (force)`);
    for (const role of [`${name}_next`, name]) await admin.query(`drop role if exists ${role}`);
    await drop();
  });
  const poolAs = (role: string, password: string): Pool => {
    const own = new URL(url);
    Object.assign(own, { username: role, password, pathname: `/${name}` });
    const pool = createPool({ connectionString: own.href, applicationName: role, max: 4 });
    onTestFinished(() => pool.end());
    return pool;
  };
  const run = async (statement: string | undefined, password: string) => {
    if (statement === undefined) throw new Error("the page says less than it did");
    await admin.query(statement.replace("…", password));
  };
  return { name, poolAs, run, statements: await statementsOfPage(name) };
}

const insert = (pool: Pool, id: number) =>
  pool.query("insert into products (id, name) values ($1, $2)", [id, `Coxinha ${id}`]);

// The page's own way to change a database's password (docs/security.md): for a while the passwords of two roles are good.
test("when a service gets a second role, then both are good beside each other, and either may be shut", async () => {
  const { name, poolAs, run, statements } = await start();
  const [makeRole, makeDatabase, keepOut, makeNext, actAs, shutFormer, reopen, shutNext] = statements;
  expect(statements).toHaveLength(8);

  for (const statement of [makeRole, makeDatabase, keepOut]) await run(statement, "one");
  const former = poolAs(name, "one");
  await migrate({ pool: former, directory: migrations });
  await insert(former, 1);
  const held = await former.connect();

  for (const statement of [makeNext, actAs]) await run(statement, "two");
  const present = poolAs(`${name}_next`, "two");
  await migrate({ pool: present, directory: migrations });
  await Promise.all([insert(present, 2), insert(former, 3)]);
  expect((await present.query("select session_user::text, current_user::text")).rows).toEqual([
    { session_user: `${name}_next`, current_user: name },
  ]);
  // What the second makes belongs to the first, so that nobody has to hand anything over.
  await present.query("create table made_later (id int)");
  await former.query("alter table made_later add column name text");

  await run(shutFormer, "");
  await expect(poolAs(name, "one").query("select 1")).rejects.toMatchObject({ code: "28000" });
  // What is under way when the former is shut comes to its end.
  await held.query("insert into products (id, name) values (4, 'Suco')");
  held.release();
  await insert(present, 5);

  await run(reopen, "three");
  const again = poolAs(name, "three");
  await Promise.all([insert(again, 6), insert(present, 7)]);
  await expect(poolAs(name, "one").query("select 1")).rejects.toMatchObject({ code: "28P01" });
  await run(shutNext, "");
  await expect(poolAs(`${name}_next`, "two").query("select 1")).rejects.toMatchObject({ code: "28000" });
  expect((await again.query("select count(*)::int as count from products")).rows).toEqual([{ count: 7 }]);
});
