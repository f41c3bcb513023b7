import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStrictJson } from "./strict-json.ts";

const read = (text: string) => parseStrictJson(Buffer.from(text));

describe("parseStrictJson", () => {
  test("when a document has one meaning, then it is what JSON.parse reads", () => {
    const document = fc.jsonValue({ depthSize: "small", maxDepth: 8 });
    fc.assert(
      fc.property(document, fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!/__proto__|constructor|prototype/.test(text) && !/\d{16}|\de\+/.test(text));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("when a number is as large as can be, or has a fraction, then it is read", () => {
    const text = '{"max":9007199254740991,"min":-9007199254740991,"cents":[0,-0,1.0,1e3,19.995,1E-7],"word":"1e400"}';
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test("when two objects side by side or nested have the same field, then that is no repetition", () => {
    expect(read('{"a":{"a":1},"b":[{"a":2},{"a":"a"}],"c":"a"}')).toEqual({
      a: { a: 1 },
      b: [{ a: 2 }, { a: "a" }],
      c: "a",
    });
  });

  test.each([
    ["a field twice", '{"quantity":1,"quantity":5}'],
    ["a field twice, once in escapes", '{"quantity":1,"\\u0071uantity":5}'],
    ["a field twice, deep inside", '[{"items":[{"a":"\\"","b":1, "a" :2}]}]'],
    ["a prototype", '{"__proto__":{"admin":true}}'],
    ["a prototype in escapes", '{"\\u005f_proto__":1}'],
    ["a constructor", '{"constructor":{"prototype":{"x":1}}}'],
    ["a bare prototype", '{"prototype":{"x":1}}'],
    ["a number without end", '{"q":1e400}'],
    ["a number without end below zero", '{"q":[-1e400]}'],
    ["a whole number that no double holds", '{"q":9007199254740993}'],
    ["a whole number that could have been another", '{"a":[1,-9007199254740992]}'],
    ["the same with a point", "9007199254740993.0"],
    ["the same with an exponent", "1e20"],
    ["17 levels", "[".repeat(17) + "]".repeat(17)],
    ["30,000 levels", "[".repeat(30_000) + "]".repeat(30_000)],
    ["a byte order mark", "\ufeff{}"],
    ["two documents", "{}{}"],
    ["nothing", ""],
  ])("when it holds %s, then it is refused", (_what, text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  test.each([
    ["a byte that begins nothing", [0xff]],
    ["an overlong form", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
  ])("when text holds %s, then it is refused, not replaced", (_what, bytes) => {
    expect(() => parseStrictJson(Buffer.from([0x22, ...bytes, 0x22]))).toThrow(SyntaxError);
  });
});
