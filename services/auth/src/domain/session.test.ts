import { addSeconds } from "@comanda/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRefresh, endAfter, type PresentedRefresh, sessionLimits } from "./session.ts";

const now = new Date("2026-03-14T15:00:00Z");
const good: PresentedRefresh = {
  sessionExpiresAt: addSeconds(now, 3600),
  sessionEndedAt: null,
  expiresAt: addSeconds(now, 1800),
  spent: null,
};
const spent = (secondsAgo: number, successorIsSpent = false) => ({
  at: addSeconds(now, -secondsAgo),
  successorIsSpent,
});

describe("what a session may last", () => {
  it("when staff tokens are short, then 12 hours in all and 30 minutes idle (reliability AU-04)", () => {
    expect(sessionLimits("staff", 600)).toEqual({ absoluteSeconds: 43_200, idleSeconds: 1800 });
  });

  it("when an access token lives longer than that, then its renewal outlives it by a little", () => {
    expect(sessionLimits("staff", 3600).idleSeconds).toBe(3900);
  });

  it("when it is a device's, then no time ends it", () => {
    expect(sessionLimits("device", 3600)).toEqual({ absoluteSeconds: null, idleSeconds: null });
    expect(endAfter(now, null)).toBeNull();
  });
});

describe("a refresh token that is presented", () => {
  it.each<[string, Partial<PresentedRefresh>, string]>([
    ["is good", {}, "rotate"],
    ["never ends", { expiresAt: null, sessionExpiresAt: null }, "rotate"],
    ["was idle too long", { expiresAt: now }, "over"],
    ["is of a session at its end", { sessionExpiresAt: now }, "over"],
    ["is of a session that was ended", { sessionEndedAt: addSeconds(now, -1) }, "over"],
    ["was spent this moment", { spent: spent(0) }, "repeat"],
    ["was spent 9 seconds ago", { spent: spent(9) }, "repeat"],
    ["was spent 10 seconds ago", { spent: spent(10) }, "reuse"],
    ["was spent, and its successor too", { spent: spent(1, true) }, "reuse"],
    ["was spent long ago", { spent: spent(86_400) }, "reuse"],
    ["was spent, in a session that was ended", { spent: spent(20), sessionEndedAt: now }, "over"],
  ])("when it %s, then the answer is fixed", (_what, difference, decision) => {
    expect(decideRefresh({ ...good, ...difference }, now)).toBe(decision);
  });

  it("when it is spent, then nothing makes it rotate again", () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 100_000 }), fc.boolean(), (secondsAgo, successorIsSpent) => {
        return decideRefresh({ ...good, spent: spent(secondsAgo, successorIsSpent) }, now) !== "rotate";
      }),
    );
  });
});
