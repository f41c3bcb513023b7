import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { talkTo } from "./harness.ts";

const bin = fileURLToPath(new URL("../bin/mercadopago-sandbox.mjs", import.meta.url));
const run = promisify(execFile);

it("when help is asked, then every flag is told; when a flag is unknown, then it says so and ends with 1", async () => {
  const { stdout } = await run(process.execPath, [bin, "--help"]);
  for (const flag of ["--port", "--data-dir", "--access-token", "--webhook-url", "--webhook-secret"])
    expect(stdout).toContain(flag);
  await expect(run(process.execPath, [bin, "--nope"])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--nope"),
  });
});

it("when it is started with flags, then it listens as they say", async () => {
  const child = spawn(process.execPath, [bin, "--port", "0", "--external-pos-id", "CAIXA7", "--access-token", "t"]);
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = await once(child.stdout, "data");
  const { url } = JSON.parse(String(line));
  const tills = await talkTo(url).send("GET", "/pos", { headers: { authorization: "Bearer t" } });
  expect(tills.body.results[0].external_id).toBe("CAIXA7");
});

// Node strips no types under node_modules, which is where npx and npm install put it.
it("when it was installed as a package, then it runs from where it lies", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const installed = join(folder, "node_modules/@comanda/mercadopago-sandbox");
  await mkdir(installed, { recursive: true });
  const own = fileURLToPath(new URL("..", import.meta.url));
  for (const part of ["bin", "src", "package.json"])
    await cp(join(own, part), join(installed, part), { recursive: true });
  for (const name of ["fastify", "qrcode", "ulid"]) {
    const there = fileURLToPath(new URL(`../../../node_modules/${name}`, import.meta.url));
    await symlink(there, join(folder, "node_modules", name), "dir");
  }
  const child = spawn(process.execPath, [join(installed, "bin/mercadopago-sandbox.mjs"), "--port", "0"], {
    cwd: folder,
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = await once(child.stdout, "data");
  expect(JSON.parse(String(line))).toMatchObject({ msg: "listening", url: expect.stringContaining("127.0.0.1") });
});
