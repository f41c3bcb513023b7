import { addSeconds } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { makeSeldom } from "./seldom.ts";

const start = new Date("2026-11-22T12:00:00Z");

describe("makeSeldom", () => {
  it("when many come, then the first is told, and the next after a while with the number of those in between", () => {
    const seldom = makeSeldom(60);
    const told = [0, 1, 2, 59, 60, 61, 200].map((seconds) => seldom.take("one", addSeconds(start, seconds)));
    expect(told).toEqual([{ untold: 0 }, null, null, null, { untold: 3 }, null, { untold: 1 }]);
  });

  it("when they are of different keys, then each is told", () => {
    const seldom = makeSeldom(60);
    expect([seldom.take("one", start), seldom.take("other", start)]).toEqual([{ untold: 0 }, { untold: 0 }]);
  });
});
