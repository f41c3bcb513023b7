import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, waitFor } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";

const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));
const package1 = { "node_modules/left": { version: "1.0.0", integrity: "sha512-A" } };

/** A small repository of its own: these tests must never install into ours. */
function newRepository(options: { packages: object; installed?: object }): string {
  const root = mkdtempSync(join(tmpdir(), "comanda-bootstrap-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "scripts"));
  copyFileSync(bootstrap, join(root, "scripts", "bootstrap.mjs"));
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({ name: "small", version: "1.0.0", dependencies: { left: "1.0.0" } }),
  );
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({
      name: "small",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: { "": { dependencies: { left: "1.0.0" } }, ...options.packages },
    }),
  );
  if (options.installed !== undefined) {
    for (const path of Object.keys(options.installed)) mkdirSync(join(root, path), { recursive: true });
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: options.installed }));
  }
  return root;
}

function run(root: string, args: string[], variables: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [join(root, "scripts", "bootstrap.mjs"), ...args], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => parts.push(part.toString()));
  return { child, output: () => parts.join(""), ended: once(child, "close") };
}

describe("bootstrap", () => {
  test("when everything is installed, then the script runs at once with its arguments, and its exit code is ours", async () => {
    const root = newRepository({ packages: package1, installed: package1 });
    writeFileSync(
      join(root, "scripts", "say.ts"),
      "const words: string[] = process.argv.slice(2); console.log(words.join('+')); process.exit(7);",
    );
    const { output, ended } = run(root, ["scripts/say.ts", "one", "--two"]);
    expect((await ended)[0]).toBe(7);
    expect(output()).toBe("one+--two\n");
    expect(existsSync(join(root, "node_modules", ".comanda-lock.sha256"))).toBe(true);
  });

  test("when only packages of other systems are absent, then nothing is installed", async () => {
    const foreign = { "node_modules/right": { version: "1.0.0", os: ["plan9"], cpu: ["mips"], optional: true } };
    const root = newRepository({ packages: { ...package1, ...foreign }, installed: package1 });
    writeFileSync(join(root, "scripts", "say.ts"), "console.log('ran');");
    const { output, ended } = run(root, ["scripts/say.ts"]);
    await ended;
    expect(output()).toBe("ran\n");
  });

  test("when it is told to stop, then the script is told, and decides about the exit code", async () => {
    const root = newRepository({ packages: package1, installed: package1 });
    writeFileSync(
      join(root, "scripts", "wait.ts"),
      "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('waiting');",
    );
    const { child, output, ended } = run(root, ["scripts/wait.ts"]);
    await waitFor(() => output().includes("waiting"));
    child.kill("SIGTERM");
    expect((await ended)[0]).toBe(9);
  });

  // npm passes SIGTERM to its shell, which ends and leaves everything below it running.
  test("when the shell between npm and it is ended, then the script is told to stop", async () => {
    const root = newRepository({ packages: package1, installed: package1 });
    writeFileSync(
      join(root, "scripts", "wait.ts"),
      "process.on('SIGTERM', () => { console.log('told'); process.exit(); }); setInterval(() => {}, 1000); console.log('waiting');",
    );
    const command = `"${process.execPath}" "${join(root, "scripts", "bootstrap.mjs")}" scripts/wait.ts; exit 3`;
    const shell = spawn("sh", ["-c", command], {
      env: { ...process.env, npm_lifecycle_event: "start" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const parts: string[] = [];
    shell.stdout.on("data", (part: Buffer) => parts.push(part.toString()));
    await waitFor(() => parts.join("").includes("waiting"));
    shell.kill("SIGTERM");
    await waitFor(() => parts.join("").includes("told"));
  });

  test("when it is killed with -9, then the script can notice", async () => {
    const root = newRepository({ packages: package1, installed: package1 });
    writeFileSync(
      join(root, "scripts", "wait.ts"),
      "process.on('disconnect', () => { console.log('alone'); process.exit(); }); console.log('waiting');",
    );
    const { child, output } = run(root, ["scripts/wait.ts"]);
    await waitFor(() => output().includes("waiting"));
    child.kill("SIGKILL");
    await waitFor(() => output().includes("alone"));
  });

  test.each([undefined, { "node_modules/left": { version: "0.9.0", integrity: "sha512-B" } }])(
    "when something must be installed and there is no network, then one sentence says so (%j)",
    async (installed) => {
      const root = newRepository({ packages: package1, ...(installed && { installed }) });
      const { output, ended } = run(root, ["scripts/say.ts"], {
        npm_config_registry: `http://127.0.0.1:${await freePort()}/`,
        npm_config_cache: join(root, "cache"),
        npm_config_fetch_retries: "0",
        npm_execpath: "",
      });
      expect((await ended)[0]).toBe(1);
      expect(output()).toContain("Instalando dependências");
      expect(output().trimEnd().split("\n").slice(-2)).toEqual([
        expect.stringContaining("Sem conexão com o registro do npm"),
        expect.stringContaining("The npm registry cannot be reached"),
      ]);
    },
    60_000,
  );
});
