import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeTimerQueue } from "./timer-queue.ts";

describe("timer queue", () => {
  it("when tasks are added in any order, then they are taken by due time, ties by arrival", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (dues) => {
        const queue = makeTimerQueue();
        const taken: [number, number][] = [];
        dues.forEach((due, order) => {
          queue.add(due, () => taken.push([due, order]));
        });
        for (let task = queue.takeDue(20); task !== undefined; task = queue.takeDue(20)) task();
        const expected = dues
          .map((due, order): [number, number] => [due, order])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(taken).toEqual(expected);
      }),
      { seed: 7 },
    );
  });

  it("when nothing is due yet, then nothing is taken", () => {
    const queue = makeTimerQueue();
    queue.add(10, () => {});
    expect(queue.takeDue(9)).toBeUndefined();
    expect(queue.nextDueMs()).toBe(10);
  });
});
