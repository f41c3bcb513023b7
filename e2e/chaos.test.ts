import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeReport } from "./chaos/checker.ts";
import { runChaos } from "./chaos/run-chaos.ts";

const SEED = 20_260_115;
const ORDERS = 50;

// The long run is `npm run chaos`; this one is its length only, not its kind.
it("when processes die and Mercado Pago has a bad day, then every centavo ends in food or back with the guest", async () => {
  const directory = await mkdtemp(join(tmpdir(), "comanda-chaos-"));
  const said: string[] = [];
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "pass") await rm(directory, { recursive: true, force: true });
  });
  const report = await runChaos({
    seed: SEED,
    orders: ORDERS,
    guests: 8,
    killEveryMs: 2_000,
    expiry: { payment: 30, order: 60 },
    // That it ends is tested here, not how fast the machine is.
    calmMs: 240_000,
    directory,
    say: (line) => said.push(line),
  });
  const told = [...said, describeReport(report, SEED), `kept in ${directory}`].join("\n");
  expect(report.violations, told).toEqual([]);
  // A run in which nothing happened would prove nothing.
  expect(report.orders, told).toBeGreaterThan(ORDERS * 0.9);
  expect(report.paid, told).toBeGreaterThan(ORDERS * 0.2);
  expect(Object.keys(report.kills).length, told).toBeGreaterThan(1);
}, 1_200_000);
