import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { end, run } from "../system.ts";
import { readReports } from "./suite-report.ts";

/** Runs one of the fixtures as `npm test` would. */
async function runMiniature(fixture: string) {
  const folder = await mkdtemp(join(tmpdir(), "comanda-miniature-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { child, output } = run(join(import.meta.dirname, "miniature/run.ts"), { SUITE_CANARY_DIR: folder }, [fixture]);
  onTestFinished(() => end(child));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: stripVTControlCharacters(output()), reports: readReports(folder) };
}

// What never fails proves nothing: a miniature of the suite, with a leak and without.
describe("the search of a suite", () => {
  it("when a test leaks what it sent, then the run fails and names file, value, form and place", async () => {
    const { code, output, reports } = await runMiniature("leaky");
    expect(code).toBe(1);
    expect(output).toContain("leaky.fixture.ts leaves what it planted where it must not be");
    expect(output).toContain("a CPF (as it is) in log of leaky");
    expect(output).toContain("an e-mail (as it is) in column leaky.orders.customer");
    expect(output).toContain("a password (base64+0) in refusal of leaky: 409 of POST /orders");
    expect(reports).toMatchObject([{ planted: { "a CPF": 1, "an e-mail": 1, "a password": 1 } }]);
  });

  it("when it sends the same and leaks nothing, then the run passes, having searched", async () => {
    const { code, reports } = await runMiniature("careful");
    expect(code).toBe(0);
    expect(reports).toMatchObject([{ planted: { "a CPF": 1 }, searched: { "refusal of careful": 1 } }]);
  });
});
