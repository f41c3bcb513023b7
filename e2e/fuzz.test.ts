import { afterAll, beforeAll, expect, it } from "vitest";
import { describeFuzz } from "./attack/describe-fuzz.ts";
import { askForStrangePaths, seriesOf } from "./attack/figures.ts";
import { openHouse } from "./attack/house.ts";
import type { House } from "./attack/house-shape.ts";
import { SERVICES } from "./attack/operations.ts";
import { runFuzz } from "./attack/run-fuzz.ts";

const SEED = 20_260_115;
const REQUESTS = 20_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(() => house.close(), 60_000);

it("when every operation is asked right and wrong, then each answer keeps what its document promises", async () => {
  const report = await runFuzz(house, { requests: REQUESTS, seed: SEED });
  expect(report.requests).toBeGreaterThanOrEqual(REQUESTS);
  expect(report.findings, describeFuzz(report)).toEqual([]);
  // Behind an operation that is never done rightly nobody has looked.
  expect(report.neverReached).toEqual([]);
  expect(report.needlessExcuses).toEqual([]);
  // A check that looked at nothing has found nothing either.
  for (const [check, times] of Object.entries(report.checked)) expect([check, times > 50]).toEqual([check, true]);
  // Minutes on a machine with nothing else to do; what it finds does not depend on how long it took.
}, 1_200_000);

// Reliability OP-54, after everything above: each series is kept for ever, in the service and wherever it is collected.
it("when 10,000 addresses were asked for as well, then no service has more than 5,000 series, and none names an id", async () => {
  await askForStrangePaths(house, 10_000);
  for (const service of SERVICES) {
    const series = await seriesOf(house, service);
    expect([service, series.length <= 5_000, series.length]).toEqual([service, true, series.length]);
    expect(series.length).toBeGreaterThan(50);
    expect(series.filter((line) => /[0-9a-f]{8}-[0-9a-f]{4}|x=\d/.test(line))).toEqual([]);
  }
}, 600_000);
