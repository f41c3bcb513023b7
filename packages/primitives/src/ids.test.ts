import { describe, expect, it } from "vitest";
import { firstIdAt, idTimeMs, isId, newId } from "./ids.ts";

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

  it("when a range of time is asked for, then the ids of that time lie in it, and no others", () => {
    const [before, own] = [newId(), newId()];
    const at = new Date(idTimeMs(own));
    expect(idTimeMs(firstIdAt(at))).toBe(at.getTime());
    expect(firstIdAt(at) <= own && own < firstIdAt(new Date(at.getTime() + 1))).toBe(true);
    expect(before < firstIdAt(new Date(at.getTime() + 1))).toBe(true);
  });
});
