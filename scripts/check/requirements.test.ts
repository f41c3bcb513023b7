import { describe, expect, it } from "vitest";
import { checkRequirements, defined, missingPages, unknownReferences } from "./requirements.ts";

const PAGE = [
  "| id | rule |",
  "| --- | --- |",
  "| AU-04 | short |",
  "| T21 | late |",
  "| product I8 | any order |",
  "| product §3, §3.4 | when |",
].join("\n");
const known = defined(PAGE);
/** Ids that are none, put together so that this file does not name them. */
const [criterion, transition] = [`AU-${99}`, `T${99}`];

// A guard that has never failed is no guard.
describe("what a reader is sent to", () => {
  it("when everything named is on the page, then nothing is said", () => {
    expect(unknownReferences("as AU-04 and T21 ask (product §3, §3.4; product I8)", known)).toEqual([]);
  });

  it("when an id or a section is nowhere, then it is named; and the same letters of another list do not help", () => {
    expect(unknownReferences(`reliability ${criterion}, ${transition}`, known)).toEqual([criterion, transition]);
    expect(unknownReferences(`Product §${"3.9"}`, known)).toEqual([`product §${"3.9"}`]);
    expect(unknownReferences(`(product ${"T21"})`, known)).toEqual([`product ${"T21"}`]);
  });

  it("when a page is named, then it is beside who names it, in docs, or at its path; else it is missing", () => {
    const text = "README.md, `docs/payments.md`, adr/0012-personal-data-keys.md, https://example.com/nowhere.md";
    expect(missingPages(text, "docs")).toEqual([]);
    expect(missingPages("see `README.md`", "services/order/src")).toEqual([]);
    expect(missingPages(`(${"contract"}.md, conventions)`, "docs")).toEqual([`${"contract"}.md`]);
  });

  it("when the files of today are read, then all they name is there", async () => {
    expect(await checkRequirements()).toEqual([]);
  });
});
