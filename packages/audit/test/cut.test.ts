import { copyFile, glob, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createDatabase } from "@comanda/postgres";
import { newId, systemClock } from "@comanda/primitives";
import { createTestDatabase } from "@comanda/testing";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AuditTrail, createPostgresTrail, cutOldEntries, verifyTrail } from "../src/index.ts";

let migrations: string;
beforeAll(async () => {
  migrations = await mkdtemp(join(tmpdir(), "comanda-audit-cut-"));
  for await (const path of glob("packages/audit/sql/*.sql")) await copyFile(path, join(migrations, basename(path)));
});

const yearsAgo = (years: number) => new Date(Date.now() - years * 365.25 * 86_400_000);

/** A trail with an entry of each age, in years. */
async function startTrail(ages: readonly number[]) {
  const database = await createTestDatabase({ migrations });
  onTestFinished(() => database.drop());
  const trail = createPostgresTrail(createDatabase<object>(database.pool));
  const append = async (age: number) => {
    const who = { actor: { id: newId(), role: "admin" }, target: null, address: null, requestId: null };
    await trail.append({ id: newId(), at: yearsAgo(age), action: "try", outcome: "ok", ...who, details: {} });
  };
  for (const age of ages) await append(age);
  /** What somebody can do who owns the database: the guards are off. */
  const tamper = async (statement: string) => {
    const client = await database.pool.connect();
    await client.query("set session_replication_role = replica");
    await client.query(statement);
    client.release(true);
  };
  const cut = () => cutOldEntries({ trail, clock: systemClock });
  return { pool: database.pool, trail, append, tamper, cut };
}

const verdictOf = async (trail: AuditTrail) => {
  const verdict = await verifyTrail(trail);
  return verdict.isIntact ? "intact" : `${verdict.seq} ${verdict.fault}`;
};
const moveAnchorTo = (seq: number) =>
  `update audit_anchor set (seq, hash) = (select seq, hash from audit_trail where seq = ${seq})`;

// Of five rows the first two are old enough: nobody but time opens the trail, and only at its beginning.
describe("what the database lets through", () => {
  it.each([
    ["an old row is deleted without a cut", "delete from audit_trail where seq = 1"],
    ["the anchor moves onto a young row", moveAnchorTo(3)],
    ["the anchor moves onto the newest row", moveAnchorTo(5)],
    ["the anchor is given another hash", "update audit_anchor set seq = 2, hash = sha256('x')"],
    ["the anchor moves onto a row that is not there", "update audit_anchor set seq = 0, hash = sha256('x')"],
    ["the anchor is removed", "delete from audit_anchor"],
    ["the anchor is emptied", "truncate audit_anchor"],
    ["the trail is emptied", "truncate audit_trail"],
    ["an old row is changed", "update audit_trail set content = replace(content, 'try', 'lie') where seq = 1"],
  ])("when %s, then it refuses", async (_what, statement) => {
    const { pool, trail } = await startTrail([7, 6, 1, 1, 1]);
    await expect(pool.query(statement)).rejects.toThrow(/the audit trail (only grows|is cut after five years)/);
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 5 });
  });

  it("when the trail was cut, then the rows that are left are held as before, and the anchor goes no way back", async () => {
    const { pool, trail, cut } = await startTrail([7, 6, 1, 1, 1]);
    expect(await cut()).toBe(2);
    for (const statement of [
      "delete from audit_trail",
      "delete from audit_trail where seq = 3",
      "update audit_anchor set seq = 0, hash = decode(repeat('00', 32), 'hex')",
      moveAnchorTo(4),
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow(/the audit trail (only grows|is cut after)/);
    }
    expect(await verdictOf(trail)).toBe("intact");
  });
});

describe("a trail that was cut", () => {
  it.each([
    [
      "the first row that is left is changed",
      "update audit_trail set content = replace(content, 'try', 'lie') where seq = 3",
      "3 altered",
    ],
    ["the first row that is left is removed", "delete from audit_trail where seq = 3", "3 missing"],
    ["the last row is removed", "delete from audit_trail where seq = 6", "6 missing"],
    ["the anchor is altered", "update audit_anchor set hash = sha256('x')", "3 altered"],
    ["the anchor is put back", "update audit_anchor set seq = 0, hash = decode(repeat('00', 32), 'hex')", "1 missing"],
    ["more is said to be cut", `${moveAnchorTo(4)}; delete from audit_trail where seq = 5`, "5 missing"],
  ])("when %s, then the verifier names the row", async (_what, statement, verdict) => {
    const { trail, tamper, cut } = await startTrail([7, 6, 1, 1, 1]);
    await cut();
    await tamper(statement);
    expect(await verdictOf(trail)).toBe(verdict);
  });

  // Who owns the database could make a new chain and say that what was noted of the old one has been cut off.
  it("when a head was noted, then it passes where it is kept, and one from before the cut does not pass", async () => {
    const { trail, append, cut } = await startTrail([7, 6, 5.5, 1]);
    const heads = (await trail.read(0, 10)).map(({ seq, hash }) => ({ seq, hash }));
    await cut();
    await append(0);
    const verdicts = await Promise.all(heads.map((known) => verifyTrail(trail, { known })));
    expect(verdicts.map((verdict) => (verdict.isIntact ? "intact" : `${verdict.seq} ${verdict.fault}`))).toEqual([
      "1 cut",
      "2 cut",
      "intact",
      "intact",
    ]);
    const forged = { seq: 3, hash: Buffer.alloc(32, 7) };
    expect(await verifyTrail(trail, { known: forged })).toMatchObject({ isIntact: false, seq: 3, fault: "altered" });
  });

  it("when it is cut while it is being verified, then nothing is missing", async () => {
    const { trail, cut } = await startTrail([7, 6, 1]);
    let isCut = false;
    const read: AuditTrail["read"] = async (after, limit) => {
      if (!isCut) await cut();
      isCut = true;
      return trail.read(after, limit);
    };
    expect(await verifyTrail({ ...trail, read })).toMatchObject({ isIntact: true, rows: 2, anchor: { seq: 2 } });
  });

  it("when a young row stands before an old one, then the cut ends there", async () => {
    const { trail, cut } = await startTrail([7, 1, 6, 1]);
    expect(await cut()).toBe(1);
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, anchor: { seq: 1 } });
  });

  it("when there is more than one round cuts, then all of it goes", async () => {
    const { pool, trail, cut } = await startTrail([]);
    const at = yearsAgo(6);
    const who = { actor: null, target: null, address: null, requestId: null };
    const old = { at, action: "try", outcome: "ok", ...who, details: {} } as const;
    await Promise.all(Array.from({ length: 10_050 }, () => trail.append({ id: newId(), ...old })));
    await trail.append({ id: newId(), ...old, at: new Date() });
    expect(await cut()).toBe(10_050);
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 3, anchor: { seq: 10_050 } });
    expect((await pool.query("select count(*)::int as rows from audit_trail")).rows).toEqual([{ rows: 3 }]);
  });
});
