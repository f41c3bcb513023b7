import { describe, expect, it } from "vitest";
import { idTimeMs, isId, newId } from "./ids.ts";

describe("ids", () => {
  it("when ids are made one after the other, then they sort in that order and carry their time", () => {
    const before = Date.now();
    const ids = Array.from({ length: 1000 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.abs(idTimeMs(ids[0] ?? "") - before)).toBeLessThan(1000);
  });

  it("when text is no UUID, then it is no id and has no time", () => {
    for (const text of ["", "not-a-uuid", `${newId()} `, newId().slice(1)]) {
      expect(isId(text), text).toBe(false);
      expect(idTimeMs(text)).toBeNaN();
    }
  });
});
