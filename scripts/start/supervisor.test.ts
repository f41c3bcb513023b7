import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "@comanda/postgres/embedded";
import { freePort, waitFor } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { openLogFile } from "./log-file.ts";
import { supervise } from "./supervisor.ts";

const script = fileURLToPath(new URL("fixtures/service.ts", import.meta.url));

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "comanda-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function start(mode = "") {
  const port = await freePort();
  const lines: string[] = [];
  const logPath = join(temporaryDirectory(), "auth.log");
  const starting = new AbortController();
  const readyUrl = `http://127.0.0.1:${port}/ready`;
  const environment = { PORT: String(port), MODE: mode };
  const supervised = supervise(
    { name: "auth", title: "Autenticação", script, readyUrl, environment },
    { log: openLogFile(logPath), say: (line) => lines.push(line), signal: starting.signal },
  );
  onTestFinished(async () => {
    const started = await supervised.catch(() => undefined);
    await started?.stop(0);
  });
  return { supervised, lines, logPath, readyUrl, starting };
}

/** The pid that a supervised process has, for a process that runs. */
async function pidOf(supervised: { pid: () => number | undefined }): Promise<number> {
  return waitFor(() => supervised.pid());
}

describe("supervise", () => {
  test("when the process is ready, then it resolves; warnings are shown, and everything is in its log", async () => {
    const { supervised, lines, logPath, readyUrl } = await start();
    const pid = await pidOf(await supervised);
    expect(await (await fetch(readyUrl)).text()).toBe(String(pid));
    await waitFor(() => lines.length > 0);
    expect(lines).toEqual(["auth: disk nearly full"]);
    expect(readFileSync(logPath, "utf8")).toContain('"listening"');
  });

  test("when the process is killed, then it is started again, and both is said in one line each", async () => {
    const { supervised, lines, readyUrl } = await start();
    const running = await supervised;
    const before = await pidOf(running);
    process.kill(before, "SIGKILL");
    await waitFor(() => lines.includes("auth voltou"), { timeoutMs: 10_000 });
    expect(
      lines.filter((line) => line.startsWith("auth parou sozinho (sinal SIGKILL); reiniciando em 0")),
    ).toHaveLength(1);
    expect(await (await fetch(readyUrl)).text()).toBe(String(await pidOf(running)));
    expect(await pidOf(running)).not.toBe(before);
  });

  test("when it is killed again and again after being ready, then it is not made to wait longer each time", async () => {
    const { supervised, lines } = await start();
    const running = await supervised;
    const times = 5;
    for (let time = 1; time <= times; time += 1) {
      process.kill(await pidOf(running), "SIGKILL");
      const isBack = () => lines.filter((line) => line === "auth voltou").length === time;
      await waitFor(isBack, { timeoutMs: 15_000, description: "the process to be back" });
    }
    const waits = lines.flatMap((line) => /reiniciando em ([\d.]+) s/.exec(line)?.[1] ?? []);
    expect(waits).toHaveLength(times);
    expect(Math.max(...waits.map(Number))).toBeLessThanOrEqual(0.5);
  }, 90_000);

  test("when the process cannot start, then the failure quotes its own sentence, and it is not tried again", async () => {
    const { supervised } = await start("refuse");
    await expect(supervised).rejects.toThrow(
      "O processo auth não conseguiu iniciar (código 1): the environment cannot be used: AUTH_DATABASE_URL is missing",
    );
  });

  test("when the start is given up while it is not ready yet, then the process is ended", async () => {
    const { supervised, readyUrl, starting } = await start("unready");
    const pid = Number(await waitFor(async () => (await fetch(readyUrl)).text()));
    starting.abort(new Error("asked to stop"));
    await expect(supervised).rejects.toThrow("asked to stop");
    expect(isAlive(pid)).toBe(false);
  });

  test("when it is stopped, then it ends and stays away", async () => {
    const { supervised, lines } = await start();
    const running = await supervised;
    const pid = await pidOf(running);
    await running.stop(2_000);
    expect(isAlive(pid)).toBe(false);
    expect(lines.filter((line) => line.includes("reiniciando"))).toEqual([]);
  });

  test("when it does not stop when asked, then it is ended after the given patience", async () => {
    const running = await (await start("stubborn")).supervised;
    const pid = await pidOf(running);
    const began = performance.now();
    await running.stop(200);
    expect(isAlive(pid)).toBe(false);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe("openLogFile", () => {
  test("when more is written than fits, then two bounded files are kept and the newest lines are in them", () => {
    const path = join(temporaryDirectory(), "order.log");
    const log = openLogFile(path, 1_000);
    for (let line = 1; line <= 500; line += 1) log.write(`line ${line}\n`);
    const kept = [readFileSync(`${path}.1`, "utf8"), readFileSync(path, "utf8")].join("");
    expect(kept.length).toBeLessThan(2_100);
    expect(kept).toContain("line 500\n");
    expect(kept).not.toContain("line 1\n");
  });

  test("when lines come in pieces, then none is cut in two by the change of files", () => {
    const path = join(temporaryDirectory(), "order.log");
    const log = openLogFile(path, 1_000);
    const text = Array.from({ length: 300 }, (_none, line) => `{"line":${line}}\n`).join("");
    for (let at = 0; at < text.length; at += 7) log.write(text.slice(at, at + 7));
    const files = [`${path}.1`, path].map((file) => readFileSync(file, "utf8"));
    for (const file of files) expect(file).toMatch(/^(?:\{"line":\d+\}\n)+$/);
    expect(text.endsWith(files.join(""))).toBe(true);
  });
});
