import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareTimes } from "./compare-times.ts";
import { aucOf } from "./rank-statistic.ts";

/** By comparing every value with every other, as the definition says. */
function aucByDefinition(one: readonly number[], other: readonly number[]): number {
  const wins = one.flatMap((a) => other.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)));
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

const samples = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });

describe("the chance that one is larger than the other", () => {
  it("when it is computed by ranks, then it is what the definition says", () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        expect(aucOf(one, other).value).toBeCloseTo(aucByDefinition(one, other), 10);
      }),
    );
  });

  it("when the two change places, then it is the rest to one, and as sure", () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const [there, back] = [aucOf(one, other), aucOf(other, one)];
        expect(there.value + back.value).toBeCloseTo(1, 10);
        expect(there.standardError).toBeCloseTo(back.standardError, 10);
      }),
    );
  });

  it("when both come from one urn, then the truth lies within two standard errors about 95 times in 100", () => {
    const dice = (seed: number) => {
      let state = seed;
      return () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
    };
    let within = 0;
    for (let run = 1; run <= 400; run += 1) {
      const next = dice(run * 7_919);
      const draw = () => Array.from({ length: 100 }, next);
      const { value, standardError } = aucOf(draw(), draw());
      if (Math.abs(value - 0.5) < 1.96 * standardError) within += 1;
    }
    expect(within / 400).toBeGreaterThan(0.91);
    expect(within / 400).toBeLessThan(0.99);
  });
});

/** Keeps the processor busy, as work does; `noiseMs` more at random. */
function work(ms: number, noiseMs: number) {
  return async () => {
    const until = performance.now() + ms + Math.random() * noiseMs;
    while (performance.now() < until);
  };
}

describe("two kinds of requests", () => {
  it("when they do the same, then they are alike, however noisy", async () => {
    const { isAlike, words } = await compareTimes([work(0.1, 0.5), work(0.1, 0.5)]);
    expect(isAlike, words).toBe(true);
  });

  it("when one does a tenth of a millisecond more among half a millisecond of noise, then they are told apart", async () => {
    const { isAlike, auc } = await compareTimes([work(0.1, 0.5), work(0.2, 0.5)]);
    expect(isAlike).toBe(false);
    expect(auc).toBeLessThan(0.45);
  });
});
