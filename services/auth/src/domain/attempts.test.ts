import { addSeconds } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { type Attempts, afterFailure, PIN_ATTEMPTS, SIGN_IN_ATTEMPTS, secondsToWait } from "./attempts.ts";

const began = new Date("2026-11-22T12:00:00Z");
const policy = SIGN_IN_ATTEMPTS;

/** Fails `times` times, each as early as it is looked at; gives the waits in between. */
function failing(times: number) {
  let attempts: Attempts | null = null;
  let now = began;
  const waits: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const wait = secondsToWait(attempts, policy, now);
    waits.push(wait);
    now = addSeconds(now, wait);
    attempts = afterFailure(attempts, policy, now);
  }
  return { attempts, waits, now };
}

describe("wrong attempts", () => {
  it("when they come one after another, then five are free and each further one waits longer, up to a minute", () => {
    expect(failing(12).waits).toEqual([0, 0, 0, 0, 0, 5, 10, 20, 40, 60, 60, 60]);
  });

  it("when a quarter of an hour goes by, then the count begins anew", () => {
    const { attempts, now } = failing(9);
    expect(secondsToWait(attempts, policy, addSeconds(now, 900))).toBe(0);
    expect(afterFailure(attempts, policy, addSeconds(now, 900)).streak).toBe(1);
  });

  it("when somebody never stops, then no more than a hundred are looked at within any hour, and it is never for good", () => {
    const { attempts, now } = failing(400);
    expect(now.getTime() - began.getTime()).toBeGreaterThan((400 / 100 - 1) * 3_600_000);
    expect(secondsToWait(attempts, policy, now)).toBeLessThanOrEqual(3600);
    expect(secondsToWait(attempts, policy, addSeconds(now, 3600))).toBe(0);
  });

  it("when a hundred come at once, then the rest of the hour is closed", () => {
    let attempts: Attempts | null = null;
    for (let turn = 0; turn < 100; turn += 1) attempts = afterFailure(attempts, policy, began);
    expect(secondsToWait(attempts, policy, addSeconds(began, 1800))).toBe(1800);
    expect(secondsToWait(attempts, policy, addSeconds(began, 3600))).toBe(0);
  });

  it("when a PIN is tried day and night, then its four digits take weeks", () => {
    expect(PIN_ATTEMPTS.perWindowMax * 24 * 7).toBeLessThan(10_000 / 2);
  });
});
