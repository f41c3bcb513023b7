import { describe, expect, it } from "vitest";
import { checkDocuments, missingPaths, missingTests } from "./check-docs.ts";

const table = (...rows: readonly string[]) => ["| What | Shown by |", "| --- | --- |", ...rows].join("\n");

// A guard that has never failed is no guard.
describe("documents that name what is there", () => {
  it("when a named test is there, then nothing is said; when it is gone, then its row is", () => {
    const text = table("| one | `when a, then b` |", "| two | `when a, then b`, `when c, then d` |");
    expect(missingTests(text, 'it("when a, then b") it("when c, then d")')).toEqual([]);
    expect(missingTests(text, 'it("when a, then b")')).toEqual(['there is no test "when c, then d"']);
  });

  it("when a row names no test, then it says why, or it is a fault", () => {
    expect(missingTests(table("| one | – |"), "")).toHaveLength(1);
    expect(missingTests(table("| one | not applicable |"), "")).toHaveLength(1);
    expect(missingTests(table("| one | not applicable, because we take no cards |"), "")).toEqual([]);
  });

  it("when a page names a file of its own folder, then it must be there", () => {
    expect(missingPaths("`test/authorization.test.ts`, `src/app.ts`", "services/payment")).toEqual([]);
    expect(missingPaths("`test/no-such.test.ts`", "services/payment")).toEqual(["there is no test/no-such.test.ts"]);
  });

  it("when the documents of today are read, then all they name is there", async () => {
    expect(await checkDocuments()).toEqual([]);
  });
});
