import { describe, expect, it } from "vitest";
import { createLoop, createPause, createRest } from "./loop.ts";

const FOREVER_MS = 3_600_000;

/** Resolves once `condition` holds; the test's own time limit is the deadline. */
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe("loop", () => {
  it("when a round finds work, then the next one follows at once; when it finds none, then it waits for a wake", async () => {
    let work = 3;
    let rounds = 0;
    const round = async () => {
      rounds += 1;
      work -= 1;
      return Math.max(work + 1, 0);
    };
    const loop = createLoop({ round, pollMs: FOREVER_MS, onError: () => undefined });
    loop.start();
    await until(() => rounds === 4);
    loop.wake();
    await until(() => rounds === 5);
    await loop.stop();
    expect(rounds).toBe(5);
  });

  it("when it is woken during a round, then another round follows", async () => {
    let rounds = 0;
    const round = async () => {
      rounds += 1;
      if (rounds === 1) loop.wake();
      return 0;
    };
    const loop = createLoop({ round, pollMs: FOREVER_MS, onError: () => undefined });
    loop.start();
    await until(() => rounds === 2);
    await loop.stop();
  });

  it("when a round throws, then it is told and the loop goes on", async () => {
    const errors: unknown[] = [];
    let rounds = 0;
    const round = async () => {
      rounds += 1;
      if (rounds < 3) throw new Error(`round ${rounds}`);
      return 0;
    };
    const loop = createLoop({ round, pollMs: 1, onError: (error) => errors.push(error) });
    loop.start();
    await until(() => rounds >= 3);
    await loop.stop();
    expect(errors).toHaveLength(2);
  });

  it("when it is stopped, then the round under way is told and waited for, and no other begins", async () => {
    const begun = Promise.withResolvers<void>();
    let ended = false;
    const round = async (signal: AbortSignal) => {
      begun.resolve();
      await until(() => signal.aborted);
      ended = true;
      return 1;
    };
    const loop = createLoop({ round, pollMs: 1, onError: () => undefined });
    loop.start();
    loop.start();
    await begun.promise;
    await loop.stop();
    expect(ended).toBe(true);
  });

  it("when it begins after a pause, then nothing happens before it is over, nor after a stop in between", async () => {
    let rounds = 0;
    const round = async () => {
      rounds += 1;
      return 0;
    };
    const loop = createLoop({ round, pollMs: FOREVER_MS, onError: () => undefined, beginsAfterMs: FOREVER_MS });
    loop.start();
    await loop.stop();
    expect(rounds).toBe(0);
  });

  it("when the first pause is shorter than the others, then the first round does not wait for as long as they do", async () => {
    let rounds = 0;
    const round = async () => {
      rounds += 1;
      return 0;
    };
    const loop = createLoop({ round, pollMs: FOREVER_MS, onError: () => undefined, beginsAfterMs: 1 });
    loop.start();
    await until(() => rounds === 1);
    await loop.stop();
    expect(rounds).toBe(1);
  });
});

describe("pause", () => {
  it("when it was woken before the wait, then the wait is over at once, once", async () => {
    const pause = createPause();
    pause.wake();
    await pause.wait(FOREVER_MS);
    let isOver = false;
    const second = pause.wait(FOREVER_MS).then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isOver).toBe(false);
    pause.wake();
    await second;
  });
});

describe("rest", () => {
  const lasting = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it("when looks are quick, then the next one follows after the usual pause", async () => {
    const rest = createRest(FOREVER_MS);
    expect(await rest.timed(async () => "nothing")).toBe("nothing");
    await rest.timed(async () => "nothing");
    expect(rest.pauseMs()).toBe(FOREVER_MS);
  });

  it("when looks take long, then the rest is ten times as long", async () => {
    const rest = createRest(50);
    await rest.timed(lasting(20));
    expect(rest.pauseMs()).toBe(50);
    await rest.timed(lasting(20));
    expect(rest.pauseMs()).toBeGreaterThan(100);
  });

  it("when looks take very long, then the rest is no longer than ten usual pauses", async () => {
    const rest = createRest(1);
    await rest.timed(lasting(20));
    await rest.timed(lasting(20));
    expect(rest.pauseMs()).toBe(10);
  });

  it("when a look fails, then it is tried again after the usual pause", async () => {
    const rest = createRest(1);
    await rest.timed(lasting(20));
    await expect(rest.timed(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(rest.pauseMs()).toBe(1);
  });
});
