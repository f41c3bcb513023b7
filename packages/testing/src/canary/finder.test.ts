import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFinder } from "./finder.ts";

const needle = (text: string, standsAlone = false) => ({ canary: text, form: "as it is", text, standsAlone });

/** Few letters, so that needles stand in texts, and begin alike, often. */
const word = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom("a", "b"), { minLength, maxLength }).map((letters) => letters.join(""));

describe("the finder", () => {
  it("when any needles stand in any text, then it says just what looking for each alone says", () => {
    fc.assert(
      fc.property(fc.uniqueArray(word(6, 12), { maxLength: 30 }), word(0, 200), (words, text) => {
        const hits = createFinder(words.map((each) => needle(each)))(text);
        const alone = words.map((each) => [each, text.indexOf(each)] as const).filter(([, at]) => at >= 0);
        expect(Object.fromEntries(hits.map((hit) => [hit.needle.text, hit.at]))).toEqual(Object.fromEntries(alone));
      }),
    );
  });

  it("when a short number stands in a longer one first, then it is found where it stands alone", () => {
    expect(createFinder([needle("480213", true)])("1480213 x-480213 480213")).toMatchObject([{ at: 17 }]);
  });

  it("when a needle is too short, then it says so", () => {
    expect(() => createFinder([needle("12345")])).toThrow("too short");
  });

  it("when thousands of tokens are looked for in megabytes, then it takes a moment", () => {
    const tokens = Array.from({ length: 20_000 }, (_, index) => needle(`eyjhbgcioi.${index * 7919}.${"x".repeat(80)}`));
    const text = "a line of a log, of which there are many\n".repeat(100_000);
    const began = performance.now();
    expect(createFinder(tokens)(text)).toEqual([]);
    // One by one it is 20,000 times 4 MB, a minute and more.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
