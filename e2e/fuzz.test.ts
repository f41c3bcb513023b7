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
  // Behind an operation that is never done rightly nobody has looked.
  expect(report.neverReached).toEqual([]);
  expect(report.needlessExcuses).toEqual([]);
  // A check that looked at nothing has found nothing either.
  for (const [check, times] of Object.entries(report.checked)) expect([check, times > 50]).toEqual([check, true]);
  // Minutes on a machine with nothing else to do; what it finds does not depend on how long it took.
}, 1_200_000);
