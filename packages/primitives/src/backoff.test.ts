import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

describe("back-off", () => {
  it("when tries go on, then the wait grows up to its cap and is never nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, dice) => {
        const wait = backoffMs({ attempt, baseMs: 100, maxMs: 5000, random: () => dice });
        const ceiling = Math.min(5000, 100 * 2 ** (attempt - 1));
        return wait >= Math.floor(ceiling / 10) && wait <= ceiling && wait > 0;
      }),
    );
  });

  it("when two callers throw other dice, then they do not come back together", () => {
    const wait = (dice: number) => backoffMs({ attempt: 4, baseMs: 100, maxMs: 5000, random: () => dice });
    expect(wait(0.1)).not.toBe(wait(0.9));
  });
});
