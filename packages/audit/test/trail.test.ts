import { copyFile, glob, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, createPool } from "@comanda/postgres";
import { newId } from "@comanda/primitives";
import { createTestDatabase } from "@comanda/testing";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AuditEntry, type AuditTrail, createPostgresTrail, noteInAudit, verifyTrail } from "../src/index.ts";

const SQL = ["0001_create_audit_trail.sql", "0002_cut_audit_trail.sql"];
let migrations: string;
beforeAll(async () => {
  migrations = await mkdtemp(join(tmpdir(), "comanda-audit-"));
  for (const file of SQL) await copyFile(join("packages/audit/sql", file), join(migrations, file));
});

function entry(difference: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    at: new Date(),
    action: "create-device",
    outcome: "ok",
    actor: { id: "019a9d2e-4c1b-7f3a-9b1e-0c8a5d2f6e10", role: "admin" },
    target: { kind: "devices", id: newId() },
    address: "203.0.113.7",
    requestId: "a-request",
    details: { kind: "kiosk" },
    ...difference,
  };
}

async function startTrail(entries = 0) {
  const database = await createTestDatabase({ migrations });
  onTestFinished(() => database.drop());
  const db = createDatabase<object>(database.pool);
  const trail = createPostgresTrail(db);
  for (let count = 0; count < entries; count += 1) await trail.append(entry({ details: { count } }));
  /** What somebody can do who owns the database: the guards are off. */
  const tamper = async (statement: string) => {
    const client = await database.pool.connect();
    await client.query("set session_replication_role = replica");
    await client.query(statement);
    client.release(true);
  };
  return { database, db, trail, tamper };
}

const verdictOf = async (trail: AuditTrail) => {
  const verdict = await verifyTrail(trail);
  return verdict.isIntact ? "intact" : `${verdict.seq} ${verdict.fault}`;
};

describe("the audit trail", () => {
  it("when entries are added, then each is chained to the one before and the verifier agrees", async () => {
    const { trail } = await startTrail(5);
    const verdict = await verifyTrail(trail);
    expect(verdict).toMatchObject({ isIntact: true, rows: 5, head: { seq: 5 } });
  });

  it("when nothing was ever added, then it is intact", async () => {
    const { trail } = await startTrail();
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 0 });
  });

  it("when two processes add 200 entries at once, then there is one chain that holds them all", async () => {
    const { database, trail } = await startTrail();
    const pool = createPool({ connectionString: database.url, applicationName: "another" });
    onTestFinished(() => pool.end());
    const another = createPostgresTrail(createDatabase<object>(pool));
    await Promise.all(Array.from({ length: 200 }, async (_, turn) => (turn % 2 ? trail : another).append(entry())));
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 200 });
  });

  it("when an act is rolled back, then its entry is too, and the chain goes on", async () => {
    const { db, trail } = await startTrail(1);
    const act = db.transaction().execute(async (tx) => {
      await noteInAudit(tx, entry());
      throw new Error("the act failed");
    });
    await expect(act).rejects.toThrow("the act failed");
    await trail.append(entry());
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 2 });
  });

  it.each([
    "update audit_trail set content = replace(content, 'kiosk', 'panel') where seq = 2",
    "delete from audit_trail where seq = 2",
    "truncate audit_trail",
    "delete from audit_head",
    "update audit_head set seq = 1",
  ])("when somebody tries to `%s`, then the database refuses", async (statement) => {
    const { database, trail } = await startTrail(3);
    await expect(database.pool.query(statement)).rejects.toThrow("the audit trail only grows");
    expect(await verdictOf(trail)).toBe("intact");
  });

  it.each([
    [
      "a word of row 3 is changed",
      "update audit_trail set content = replace(content, '\"ok\"', '\"failed\"') where seq = 3",
      "3 altered",
    ],
    [
      "row 3 is no JSON any more",
      'update audit_trail set content = \'{"action":"x","at":"","outcome":"ok"}\' where seq = 3',
      "3 altered",
    ],
    ["the hash of row 2 is changed", "update audit_trail set hash = sha256('x') where seq = 2", "2 altered"],
    ["row 4 is removed", "delete from audit_trail where seq = 4", "4 missing"],
    ["the first row is removed", "delete from audit_trail where seq = 1", "1 missing"],
    ["the last row is removed", "delete from audit_trail where seq = 6", "6 missing"],
    ["all rows are removed", "delete from audit_trail", "1 missing"],
    [
      "rows 2 and 5 change places",
      "update audit_trail set seq = seq + 100 where seq in (2, 5); update audit_trail set seq = case seq when 102 then 5 else 2 end where seq > 100",
      "2 reordered",
    ],
    [
      "row 3 is put in again as row 4",
      "update audit_trail a set content = b.content, hash = b.hash from audit_trail b where a.seq = 4 and b.seq = 3",
      "4 reordered",
    ],
  ])("when %s, then the verifier names that row", async (_what, statement, verdict) => {
    const { trail, tamper } = await startTrail(6);
    await tamper(statement);
    expect(await verdictOf(trail)).toBe(verdict);
  });

  it.each(["actor_id", "target_id", "action", "outcome", "at"])(
    "when row 3 is hidden from whoever searches by its %s, then the verifier names it",
    async (column) => {
      const { trail, tamper } = await startTrail(4);
      await tamper(`alter table audit_trail alter ${column} drop expression;
                    update audit_trail set ${column} = 'another' where seq = 3`);
      expect(await verdictOf(trail)).toBe("3 altered");
    },
  );

  // Who owns the database can make a whole new chain; a head that was written down elsewhere still tells.
  it("when the whole chain is made anew, then a head that somebody noted shows it", async () => {
    const { trail, tamper } = await startTrail(3);
    const known = await trail.head();
    await tamper("delete from audit_trail; update audit_head set seq = 0, hash = decode(repeat('00', 32), 'hex')");
    for (let count = 0; count < 4; count += 1) await trail.append(entry());
    expect(await verdictOf(trail)).toBe("intact");
    expect(await verifyTrail(trail, { known })).toMatchObject({ isIntact: false, seq: 3, fault: "altered" });
  });

  it("when it is longer than a page of the verifier, then all of it is read", async () => {
    const { db, trail, tamper } = await startTrail();
    await db.transaction().execute((tx) => noteInAudit(tx, ...Array.from({ length: 2_500 }, () => entry())));
    expect(await verifyTrail(trail)).toMatchObject({ isIntact: true, rows: 2_500 });
    await tamper("delete from audit_trail where seq = 2001");
    expect(await verdictOf(trail)).toBe("2001 missing");
  });

  it("when it is searched, then by who, what, whom, what came of it and when, newest first", async () => {
    const { trail } = await startTrail();
    const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour));
    const anna = { id: "anna", role: "admin" };
    await trail.append(entry({ at: at(8), actor: anna, action: "sign-in", target: null }));
    await trail.append(entry({ at: at(9), actor: anna, action: "refund", target: { kind: "payments", id: "p1" } }));
    await trail.append(entry({ at: at(10), actor: null, action: "sign-in", outcome: "refused", target: null }));
    const found = async (query: Partial<Parameters<AuditTrail["list"]>[0]>) =>
      (await trail.list({ limit: 10, ...query })).map(({ seq }) => seq);
    expect(await found({})).toEqual([3, 2, 1]);
    expect(await found({ actorId: "anna" })).toEqual([2, 1]);
    expect(await found({ action: "sign-in" })).toEqual([3, 1]);
    expect(await found({ targetId: "p1" })).toEqual([2]);
    expect(await found({ outcome: "refused" })).toEqual([3]);
    expect(await found({ from: at(9), to: at(10) })).toEqual([2]);
    expect(await found({ before: 3, limit: 1 })).toEqual([2]);
  });
});

describe("the tables in the services' migrations", () => {
  it.each(SQL)("when a service has %s, then in exactly this package's form", async (file) => {
    const original = await readFile(join("packages/audit/sql", file), "utf8");
    const copies: string[] = [];
    for await (const path of glob(`services/*/migrations/*${file.slice("0001".length)}`))
      copies.push(await readFile(path, "utf8"));
    expect(copies).toHaveLength(3);
    for (const copy of copies) expect(copy).toBe(original);
  });
});
