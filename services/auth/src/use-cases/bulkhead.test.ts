import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusyError, makeAppointments, makeBulkhead } from "./bulkhead.ts";

describe("a bulkhead", () => {
  it("when any number come at once, then so many work, so many wait, the others are turned away, and nobody is lost", async () => {
    const numbers = fc.record({
      atOnce: fc.integer({ min: 1, max: 4 }),
      waiting: fc.nat({ max: 5 }),
      coming: fc.nat({ max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(numbers, async ({ atOnce, waiting, coming }) => {
        const inTurn = makeBulkhead({ atOnce, waiting }, () => new BusyError("full", 1));
        let working = 0;
        let most = 0;
        const work = async () => {
          working += 1;
          most = Math.max(most, working);
          await new Promise((resolve) => setImmediate(resolve));
          working -= 1;
        };
        const all = await Promise.allSettled(Array.from({ length: coming }, () => inTurn(work)));
        expect(all.filter(({ status }) => status === "fulfilled").length).toBe(Math.min(coming, atOnce + waiting));
        expect(most).toBe(Math.min(coming, atOnce));
        // Whatever came of them, their places are free again.
        await inTurn(work);
      }),
    );
  });

  it("when work fails, then its place goes on to the next", async () => {
    const inTurn = makeBulkhead({ atOnce: 1, waiting: 1 }, () => new BusyError("full", 1));
    const broken = inTurn(async () => Promise.reject(new Error("broken")));
    const next = inTurn(async () => "done");
    await expect(broken).rejects.toThrow("broken");
    expect(await next).toBe("done");
  });
});

describe("appointments", () => {
  it("when many are turned away at once, then they come back one after the other, at the pace of serving", () => {
    const next = makeAppointments(
      () => 20,
      () => 0,
    );
    const given = Array.from({ length: 448 }, next);
    expect(given[0]).toBe(1);
    expect([...given].sort((left, right) => left - right)).toEqual(given);
    for (let second = 2; second < 9; second += 1) expect(given.filter((each) => each === second).length).toBe(50);
  });

  it("when nobody has been turned away for a while, or by the thousand, then it is a second, or half a minute", () => {
    let nowMs = 0;
    const next = makeAppointments(
      () => 20,
      () => nowMs,
    );
    for (let turn = 0; turn < 10_000; turn += 1) expect(next()).toBeLessThanOrEqual(30);
    expect(next()).toBe(30);
    nowMs = 60_000;
    expect(next()).toBe(1);
  });
});
