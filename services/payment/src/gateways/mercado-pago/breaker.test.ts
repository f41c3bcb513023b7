import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeBreaker } from "./breaker.ts";

/** A breaker with a clock of its own, and the states it went through. */
function aBreaker() {
  const states: string[] = [];
  let nowMs = 1_000_000;
  const breaker = makeBreaker(
    (state) => states.push(state),
    () => nowMs,
  );
  return {
    states,
    wait: (ms: number) => {
      nowMs += ms;
    },
    call: (isIll: boolean) =>
      breaker.run(
        async () => "called",
        () => isIll,
      ),
    run: breaker.run,
  };
}

describe("the breaker (PA-17)", () => {
  it("when half of 20 calls within 10 s are ill, then it opens with the twentieth, and not before", async () => {
    const { call, wait, states } = aBreaker();
    for (let count = 1; count <= 19; count += 1) {
      await call(count % 2 === 0);
      wait(500);
      expect(states).toEqual([]);
    }
    await call(true);
    expect(states).toEqual(["open"]);
    expect(await call(false)).toBeNull();
  });

  it("when less than half are ill, or fewer than 20 were made, then it stays closed", async () => {
    const { call, states } = aBreaker();
    for (let count = 1; count <= 19; count += 1) await call(true);
    const other = aBreaker();
    for (let count = 1; count <= 99; count += 1) await other.call(count % 2 === 0 && count % 10 !== 0);
    expect([states, other.states]).toEqual([[], []]);
  });

  it("when what went wrong is older than 10 s, then it does not count, however few calls came since", async () => {
    const { call, wait, states } = aBreaker();
    for (let count = 1; count <= 19; count += 1) await call(true);
    wait(10_000);
    await call(true);
    expect(states).toEqual([]);
  });

  it("when 5 s are over, then one call tries and the others are still kept back; well, it closes with a clean slate", async () => {
    const { call, run, wait, states } = aBreaker();
    for (let count = 1; count <= 20; count += 1) await call(true);
    wait(4_999);
    expect(await call(false)).toBeNull();
    wait(1);
    let answer = (_: string) => {};
    const trying = run(
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
      () => false,
    );
    expect(await call(false)).toBeNull();
    answer("well");
    expect(await trying).toBe("well");
    expect(states).toEqual(["open", "half-open", "closed"]);
    for (let count = 1; count <= 19; count += 1) await call(true);
    expect(states).toHaveLength(3);
  });

  it.each([
    ["is ill", async () => "ill"],
    ["throws", async () => Promise.reject(new Error("a bug"))],
  ])("when the call that tries %s, then it is open for 5 s more", async (_what, probe) => {
    const { call, run, wait, states } = aBreaker();
    for (let count = 1; count <= 20; count += 1) await call(true);
    wait(5_000);
    await run(probe, () => true).catch(() => null);
    expect(states).toEqual(["open", "half-open", "open"]);
    wait(4_999);
    expect(await call(false)).toBeNull();
    wait(1);
    expect(await call(false)).toBe("called");
  });

  it("when calls that went out before it opened end afterwards, then they change nothing", async () => {
    const { call, run, wait, states } = aBreaker();
    let end = (_: string) => {};
    const slow = run(
      () =>
        new Promise<string>((resolve) => {
          end = resolve;
        }),
      () => false,
    );
    for (let count = 1; count <= 20; count += 1) await call(true);
    end("late");
    expect(await slow).toBe("late");
    wait(1);
    expect(states).toEqual(["open"]);
  });

  it("whatever comes, then calls go out exactly while fewer than half of the last 10 s were ill, or fewer than 20", async () => {
    const steps = fc.array(fc.record({ isIll: fc.boolean(), waitMs: fc.nat({ max: 2_000 }) }), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(steps, async (calls) => {
        const { call, wait } = aBreaker();
        let nowMs = 0;
        let closedSince = 0;
        let openUntil: number | null = null;
        const made: { at: number; isIll: boolean }[] = [];
        for (const { isIll, waitMs } of calls) {
          wait(waitMs);
          nowMs += waitMs;
          const isKeptBack = openUntil !== null && nowMs < openUntil;
          expect(await call(isIll)).toBe(isKeptBack ? null : "called");
          if (isKeptBack) continue;
          const isProbe = openUntil !== null;
          if (isProbe) {
            openUntil = isIll ? nowMs + 5_000 : null;
            closedSince = made.length;
            continue;
          }
          made.push({ at: nowMs, isIll });
          const recent = made.slice(closedSince).filter(({ at }) => at > nowMs - 10_000);
          const ill = recent.filter((one) => one.isIll).length;
          if (recent.length >= 20 && ill * 2 >= recent.length) openUntil = nowMs + 5_000;
        }
      }),
    );
  });
});
