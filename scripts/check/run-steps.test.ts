import { afterEach, describe, expect, it, vi } from "vitest";
import { runSteps } from "./run-steps.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the steps of a check", () => {
  it("when one warns, then that is shown and no failure; when one finds a fault, then it is", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => lines.push(line));
    const counts = await runSteps([
      { name: "dated", run: async () => [], warn: async () => ["the acceptance ends tomorrow"] },
      { name: "broken", run: async () => ["something is wrong"] },
    ]);
    expect(counts).toEqual({ passed: 1, failed: 1 });
    const said = lines.map((line) => line.replace(/ \(.* s\)$/, "")).join("\n");
    // Two run at a time; what a step has to say stands below it whoever comes first.
    expect(said).toContain("✓ dated\n  ! the acceptance ends tomorrow");
    expect(said).toContain("✗ broken\n    something is wrong");
    expect(lines.at(-1)).toBe("\nchecks: 1 passed, 1 failed");
  });
});
