import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type System, startSystem } from "@comanda/testing/system";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tourScript } from "../scripts/check-docs.ts";

let system: System;
let directory: string;

beforeAll(async () => {
  system = await startSystem();
  directory = await mkdtemp(join(tmpdir(), "comanda-tour-"));
}, 120_000);
afterAll(async () => {
  await system.stop();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

describe("the README's tour", () => {
  it("when its commands are run as they stand, then they print what it promises, in that order", async () => {
    // The administrator of this system was given by the environment, so the file of the tour is written here.
    await writeFile(join(directory, "admin.txt"), `Senha: ${system.admin.password}\n`);
    const { script, promises } = await tourScript({ web: system.web, sandbox: system.sandbox, dataDir: directory });
    const tour = script.replace("admin@comanda.local", system.admin.email);
    const { stdout } = await promisify(execFile)("bash", ["-c", tour], { cwd: directory, timeout: 90_000 });
    expect(promises.length).toBeGreaterThan(5);
    let rest = stdout;
    for (const promise of promises) {
      expect(rest, `the tour promises "${promise}"; it printed:\n${stdout}`).toContain(promise);
      rest = rest.slice(rest.indexOf(promise) + promise.length);
    }
  }, 120_000);
});
