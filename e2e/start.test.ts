import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "@comanda/postgres/embedded";
import { freePort, waitFor } from "@comanda/testing";
import { end, run, type Started } from "@comanda/testing/system";
import { noteSystem, plantSystem } from "@comanda/testing/system-places";
import { describe, expect, onTestFinished, test } from "vitest";

type Home = { readonly dataDir: string; readonly variables: Record<string, string>; readonly web: string };

/** A data directory and ports of its own; nothing of the machine's environment decides about databases. */
async function newHome(): Promise<Home> {
  const home = mkdtempSync(join(tmpdir(), "comanda-start-"));
  chmodSync(home, 0o711);
  onTestFinished(async () => {
    // PostgreSQL has ended by now, and its databases are not read: the other suites of whole systems do that.
    const parts = { dataDir: variables.DATA_DIR, databaseUrls: {}, variables };
    await plantSystem(parts);
    await noteSystem(parts);
    rmSync(home, { recursive: true, force: true });
  });
  const [web, auth, order, payment, sandbox] = await Promise.all(Array.from({ length: 5 }, freePort));
  const variables = {
    DATA_DIR: join(home, "data"),
    WEB_PORT: String(web),
    AUTH_PORT: String(auth),
    ORDER_PORT: String(order),
    PAYMENT_PORT: String(payment),
    SANDBOX_PORT: String(sandbox),
  };
  return { dataDir: variables.DATA_DIR, variables, web: `http://127.0.0.1:${web}` };
}

function start(home: Home, variables: Record<string, string> = {}): Started {
  const started = run("scripts/start.ts", { ...home.variables, ...variables });
  onTestFinished(() => end(started.child));
  return started;
}

/** Waits for the closing table. */
async function untilUp(started: Started): Promise<void> {
  await waitFor(
    () => {
      if (started.child.exitCode !== null) throw new Error(started.output());
      return started.output().includes("Parar");
    },
    { timeoutMs: 60_000, description: `the table; so far:\n${started.output()}` },
  );
}

async function untilEnded({ child, output }: Started, timeoutMs: number): Promise<number> {
  await waitFor(() => child.exitCode !== null || child.signalCode !== null, {
    timeoutMs,
    description: `the end of\n${output()}`,
  });
  return child.exitCode ?? -1;
}

/** Every process that runs for this data directory: what start spawned, PostgreSQL's own children included. */
async function processesOf(started: Started): Promise<{ pid: number; command: string }[]> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,ppid=,args="]);
  const all = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const rows = all.flatMap((row) =>
    row ? [{ pid: Number(row[1]), parent: Number(row[2]), command: row[3] ?? "" }] : [],
  );
  const below = (pid: number): typeof rows =>
    rows.filter((row) => row.parent === pid).flatMap((row) => [row, ...below(row.pid)]);
  return below(started.child.pid ?? 0).filter(({ command }) => !command.startsWith("ps "));
}

async function signIn({ web, dataDir }: Home): Promise<number> {
  const password = /^Senha: (.+)$/m.exec(readFileSync(join(dataDir, "admin.txt"), "utf8"))?.[1] ?? "";
  const body = new URLSearchParams({ grant_type: "password", username: "admin@comanda.local", password });
  return (await fetch(`${web}/token`, { method: "POST", body })).status;
}

describe("npm start", () => {
  test("when started twice, then the data and the administrator are there, the password is shown once, and each stop is quick and clean", async () => {
    const home = await newHome();
    for (const isFirst of [true, false]) {
      const began = performance.now();
      const started = start(home);
      await untilUp(started);
      // The machine may be busy with other tests; the figure for a quiet one is 5 s.
      if (!isFirst) expect(performance.now() - began).toBeLessThan(60_000);
      expect(await signIn(home)).toBe(200);
      // Services wait for each other: that is no trouble of the owner's, and looks like none.
      expect(started.output()).not.toMatch(/^ *·/m);
      const password = /^Senha: (.+)$/m.exec(readFileSync(join(home.dataDir, "admin.txt"), "utf8"))?.[1] ?? "";
      expect(started.output().includes(password)).toBe(isFirst);
      const processes = await processesOf(started);
      for (const part of [
        "postgres",
        "sandbox/src/main",
        "auth/src/main",
        "order/src/main",
        "payment/src/main",
        "gateway/src/main",
      ]) {
        expect(processes.some(({ command }) => command.includes(part))).toBe(true);
      }

      const asked = performance.now();
      started.child.kill("SIGINT");
      expect(await untilEnded(started, 40_000)).toBe(0);
      // Likewise: 5 s on a quiet machine.
      expect(performance.now() - asked).toBeLessThan(30_000);
      expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
      expect(existsSync(join(home.dataDir, "start.lock"))).toBe(false);
      expect(readFileSync(join(home.dataDir, "logs", "postgres.log"), "utf8").trimEnd()).toMatch(
        /database system is shut down$/,
      );
    }
  }, 120_000);

  test("when the data or a port is in use, then a second start says which in one sentence and the first goes on", async () => {
    const home = await newHome();
    const first = start(home);
    await untilUp(first);
    const sameData = start(home);
    expect(await untilEnded(sameData, 60_000)).toBe(1);
    expect(sameData.output()).toContain(`já está em uso por outro npm start (processo ${first.child.pid})`);
    const other = await newHome();
    const samePort = start(other, { WEB_PORT: home.variables["WEB_PORT"] ?? "" });
    expect(await untilEnded(samePort, 60_000)).toBe(1);
    expect(samePort.output().trim().split("\n")).toEqual([
      expect.stringContaining(`A porta ${home.variables["WEB_PORT"]} (WEB_PORT) já está em uso`),
      expect.stringContaining(`Port ${home.variables["WEB_PORT"]} (WEB_PORT) is in use`),
    ]);
    expect(await signIn(home)).toBe(200);
  }, 90_000);

  test("when a service and the database are killed, then both come back by themselves and it is said", async () => {
    const home = await newHome();
    const started = start(home);
    await untilUp(started);
    const before = await processesOf(started);
    const auth = before.find(({ command }) => command.includes("auth/src/main"));
    const postgres = before.find(({ command }) => command.includes("/bin/postgres -D"));
    process.kill(auth?.pid ?? 0, "SIGKILL");
    process.kill(postgres?.pid ?? 0, "SIGKILL");
    await waitFor(() => started.output().includes("auth voltou"), {
      timeoutMs: 30_000,
      description: "auth to be back",
    });
    expect(started.output()).toContain("auth parou sozinho (sinal SIGKILL)");
    await waitFor(async () => (await signIn(home)) === 200, { timeoutMs: 40_000, description: "a sign-in" });
  }, 120_000);

  // What a power cut of the terminal or an impatient supervisor does.
  test("when start itself is killed with -9, then its processes end by themselves and the next start has the data", async () => {
    const home = await newHome();
    const killed = start(home);
    await untilUp(killed);
    const services = (await processesOf(killed)).filter(({ command }) => command.includes("src/main.ts"));
    expect(services).toHaveLength(5);
    killed.child.kill("SIGKILL");
    const next = start(home);
    await untilUp(next);
    const isLeft = () => services.filter(({ pid }) => isAlive(pid));
    await waitFor(() => isLeft().length === 0, { timeoutMs: 10_000, description: "every old process to end" });
    expect(await signIn(home)).toBe(200);
  }, 120_000);

  test("when a variable or the folder cannot be used, then one sentence says so, the exit code is 1 and nothing is left", async () => {
    const home = await newHome();
    const file = join(home.dataDir, "..", "file");
    writeFileSync(file, "");
    const faults: [Record<string, string>, string][] = [
      [{ WEB_PORT: "abc" }, "WEB_PORT=abc não serve"],
      [{ DATA_DIR: join(file, "data") }, "Não é possível gravar na pasta de dados"],
      [{ ADMIN_PASSWORD: "curta" }, "ADMIN_PASSWORD"],
    ];
    for (const [variables, words] of faults) {
      const started = start(home, variables);
      expect(await untilEnded(started, 60_000)).toBe(1);
      expect(started.output()).toContain(words);
      expect(started.output()).not.toMatch(/\n\s+at /);
      expect(existsSync(join(home.dataDir, "start.lock"))).toBe(false);
      expect(existsSync(join(home.dataDir, "postgres", "postmaster.pid"))).toBe(false);
    }
  }, 120_000);

  test("when asked to stop while it is still starting, then it stops and leaves nothing", async () => {
    const home = await newHome();
    const started = start(home);
    await waitFor(() => started.output().includes("✓"), { timeoutMs: 30_000 });
    const processes = await processesOf(started);
    // As when its terminal was closed: what it says goes nowhere, and must not end it in disorder.
    started.child.stdout?.destroy();
    started.child.kill("SIGTERM");
    expect(await untilEnded(started, 40_000)).toBe(130);
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
  }, 60_000);
});
