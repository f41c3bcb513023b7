import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
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
