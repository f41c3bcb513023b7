import { describe, expect, it } from "vitest";
import { createGatherer } from "./gather.ts";

/** A `run` whose batches end when the test says so. */
function handOperated() {
  const batches: { readonly items: readonly number[]; readonly end: (error?: unknown) => void }[] = [];
  const run = (items: readonly number[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const end = (error?: unknown) =>
        error === undefined ? resolve(items.map((item) => `did ${item}`)) : reject(error);
      batches.push({ items, end });
    });
  return { batches, run };
}

const tick = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe("createGatherer", () => {
  it("when one item comes, then it goes at once, and those that come meanwhile go together", async () => {
    const { batches, run } = handOperated();
    const gatherer = createGatherer({ run, batchMax: 3, inFlightMax: 1 });
    const answers = [gatherer.submit(1)];
    await tick();
    answers.push(...[2, 3, 4, 5].map((item) => gatherer.submit(item)));
    await tick();
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    batches[0]?.end();
    await tick();
    batches[1]?.end();
    await tick();
    batches[2]?.end();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
    expect(await Promise.all(answers)).toEqual(["did 1", "did 2", "did 3", "did 4", "did 5"]);
  });

  it("when a batch fails for one of its items, then that one fails alone", async () => {
    const run = async (items: readonly number[]) => {
      if (items.includes(3)) throw new Error("three is bad");
      return items.map((item) => item * 10);
    };
    const gatherer = createGatherer({ run, batchMax: 10, inFlightMax: 1 });
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => gatherer.submit(item)));
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual([
      10,
      20,
      "failed",
      40,
    ]);
  });

  it("when the connection breaks, then nothing is repeated: it may have taken effect", async () => {
    const { batches, run } = handOperated();
    const gatherer = createGatherer({ run, batchMax: 10, inFlightMax: 1 });
    const results = Promise.allSettled([1, 2].map((item) => gatherer.submit(item)));
    await tick();
    batches[0]?.end(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches).toHaveLength(1);
  });

  it("when another database says that it is about all of them, then nothing is repeated either", async () => {
    const { batches, run } = handOperated();
    const isAboutAll = (error: unknown) => error instanceof RangeError;
    const gatherer = createGatherer({ run, batchMax: 10, inFlightMax: 1, isAboutAll });
    const results = Promise.allSettled([1, 2].map((item) => gatherer.submit(item)));
    await tick();
    batches[0]?.end(new RangeError("away"));
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(batches).toHaveLength(1);
  });

  it("when a batch is answered short, then every item learns of it instead of waiting for ever", async () => {
    const gatherer = createGatherer({ run: async () => [], batchMax: 10, inFlightMax: 1 });
    const results = await Promise.allSettled([1, 2].map((item) => gatherer.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
