import { afterAll, beforeAll, expect, it } from "vitest";
import { describeFuzz } from "./attack/describe-fuzz.ts";
import { openHouse } from "./attack/house.ts";
import type { House } from "./attack/house-shape.ts";
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
  // A check that looked at nothing has found nothing either.
  for (const [check, times] of Object.entries(report.checked)) expect([check, times > 50]).toEqual([check, true]);
}, 420_000);
