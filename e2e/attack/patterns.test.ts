import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { SERVICES } from "./operations.ts";

// As long as a body may be. A pattern that walks through it once takes a millisecond; one that begins again at every
// letter takes a quarter of a minute, in which the service answers nobody.
const LENGTH = 64_000;
const PATIENCE_MS = 2_000;
const STARTS = ["", "https://", "/", "^", "0"];
const UNITS = ["a", "A", "0", " ", "-", ".", "@", "/", "%", "_", "é", "\u3164", "a.", "0-", "a ", " a", "1.1-"];
const ENDS = ["", "\u0001", "!", "@", " ", "\n", "ç"];

async function patternsOfDocuments(): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const service of SERVICES) {
    const document: unknown = JSON.parse(
      await readFile(new URL(`../../services/${service}/openapi.json`, import.meta.url), "utf8"),
    );
    collect(document, found);
  }
  return [...found];
}

function collect(part: unknown, found: Set<string>): void {
  if (typeof part !== "object" || part === null) return;
  for (const [key, value] of Object.entries(part)) {
    if (key === "pattern" && typeof value === "string") found.add(value);
    else collect(value, found);
  }
}

/** What makes a pattern walk for longer than it may, or nothing. */
function slowTextFor(pattern: string): string | null {
  const regex = new RegExp(pattern, "u");
  for (const start of STARTS) {
    for (const unit of UNITS) {
      for (const end of ENDS) {
        const text = start + unit.repeat(LENGTH / unit.length) + end;
        const began = performance.now();
        regex.test(text);
        if (performance.now() - began > PATIENCE_MS) return JSON.stringify(`${start}${unit}…${end}`);
      }
    }
  }
  return null;
}

it("when a text is as long as a body may be, then no documented pattern takes long to look at it", async () => {
  const patterns = await patternsOfDocuments();
  expect(patterns.length).toBeGreaterThan(10);
  const slow = patterns.map((pattern) => [pattern, slowTextFor(pattern)]).filter(([, text]) => text !== null);
  expect(slow).toEqual([]);
}, 120_000);

it("when a pattern begins again at every letter, then it is noticed", () => {
  expect(slowTextFor("^[^\\u0001]*[^\\s\\u0001][^\\u0001]*$")).not.toBeNull();
}, 60_000);
