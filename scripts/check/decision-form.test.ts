import { describe, expect, it } from "vitest";
import { checkDecisions, faultsOfDecision } from "./decision-form.ts";

/** Pages that are not there, and that nobody looks for. */
const page = (name: string) => `${name}.${"md"}`;
const decision = (status: string) =>
  ["# 0042. It is so", "", status, "", "**Context.** …", "", "**Decision.** 2.", "", "**Consequences.** …", ""].join(
    "\n",
  );

// A guard that has never failed is no guard.
describe("the form of decisions", () => {
  it("when date, status and parts are there, then nothing is said", () => {
    for (const status of [
      "accepted",
      `superseded by [0043](${page("0043-not-so")})`,
      `accepted · supersedes [0041](${page("0041-x")})`,
    ]) {
      expect(faultsOfDecision("0042", decision(`2026-11-22 · ${status}`))).toEqual([]);
    }
  });

  it("when the number, the status or a part is missing, then it is said", () => {
    expect(faultsOfDecision("0041", decision("2026-11-22 · accepted"))).toHaveLength(1);
    expect(faultsOfDecision("0042", decision("accepted"))).toEqual(["its third line is no date and status"]);
    const silent = decision("2026-11-22 · accepted").replace("**Consequences.**", "Well.");
    expect(faultsOfDecision("0042", silent)).toEqual(["it has no **Consequences.**"]);
  });

  it("when the decisions of today are read, then all have it", async () => {
    expect(await checkDecisions()).toEqual([]);
  });
});
