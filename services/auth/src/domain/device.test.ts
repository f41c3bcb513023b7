import { addSeconds } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drainWrongCodes, mayTryCode, pairingCodeOf, readPairingCode, type WrongCodes } from "./device.ts";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 32 });

describe("a pairing code", () => {
  it("when it is written, then it has eight characters that nobody mistakes, and is read as it was written", () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const code = pairingCodeOf(random);
        expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
        expect(readPairingCode(code)).toBe(code);
        expect(readPairingCode(` ${code.toLowerCase().replace("-", " ")} `)).toBe(code);
      }),
    );
  });

  it("when a thousand are written, then they differ and use the whole alphabet", () => {
    const codes = Array.from({ length: 1000 }, (_, at) => pairingCodeOf(sha(at)));
    expect(new Set(codes).size).toBe(1000);
    expect(new Set(codes.join("")).size).toBe(31);
  });

  it.each(["", "ABCD", "ABCD-EFG", "ABCD-EFGHJ", "ABCD-EFG0", "ABCD-EFGI", "ÀBCD-EFGH", "A".repeat(5000)])(
    "when the text is %j, then it is no code",
    (text) => {
      expect(readPairingCode(text)).toBeNull();
    },
  );

  it("when there are too few random bytes, then it is a bug and said so", () => {
    expect(() => pairingCodeOf(new Uint8Array(15))).toThrow(TypeError);
  });
});

/** Bytes that differ, without chance. */
function sha(seed: number): Uint8Array {
  return Uint8Array.from(
    { length: 16 },
    (_, at) => (Math.imul(seed + 1, 2_654_435_761 + at * 40_503) >>> (at % 24)) & 255,
  );
}

describe("wrong pairing codes", () => {
  it("when many come, then no more than the vessel holds; with time it empties", () => {
    const start = new Date(0);
    let wrong: WrongCodes = { level: 0, at: start };
    let tried = 0;
    while (mayTryCode(wrong)) {
      wrong = { level: wrong.level + 1, at: start };
      tried += 1;
    }
    expect(tried).toBe(30);
    expect(mayTryCode(drainWrongCodes(wrong, addSeconds(start, 1)))).toBe(true);
    expect(drainWrongCodes(wrong, addSeconds(start, 3600)).level).toBe(0);
    expect(drainWrongCodes(wrong, addSeconds(start, -3600)).level).toBe(30);
  });
});
