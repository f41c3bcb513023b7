import { describe, expect, it } from "vitest";
import { acceptancesEndingSoon, checkAsvs, faultsOfRegister } from "./asvs.ts";
import { LEVELS_OF_SECTIONS } from "./asvs-levels.ts";

const everyId = Object.entries(LEVELS_OF_SECTIONS).flatMap(([section, levels]) =>
  [...levels].flatMap((level, index) => (level === "3" ? [] : [{ id: `${section}.${index + 1}`, level }])),
);

/** A register in which all is met by one test, but for what `change` says of a requirement. */
const registerWith = (change: Readonly<Record<string, string | null>> = {}) =>
  everyId
    .flatMap(({ id, level }) => {
      const row = change[id];
      return row === null ? [] : [`| ${id} | ${level} | ${row ?? "met | `a.test.ts`"} |`];
    })
    .join("\n");
const TODAY = new Date("2026-11-28");
const isThere = (path: string) => path === "a.test.ts";
const faults = (change: Readonly<Record<string, string | null>>, today = TODAY) =>
  faultsOfRegister(registerWith(change), { isThere, today });

describe("the ASVS register", () => {
  it("when it is ours, then it has no gap", async () => {
    expect(everyId).toHaveLength(253);
    expect(await checkAsvs(TODAY)).toEqual([]);
  });

  it("when all is well, then nothing is said", () => {
    expect(faults({ "V1.2.6": "n/a | no LDAP", "V12.1.1": "accepted | by us until 2027-01-31: the proxy's" })).toEqual(
      [],
    );
  });

  it.each([
    ["a row is missing", { "V1.1.1": null }, "V1.1.1 is missing"],
    ["a row is blank", { "V1.1.1": "n/a | " }, "V1.1.1 is blank"],
    ["a verdict is another", { "V1.1.1": "perhaps | `a.test.ts`" }, '"perhaps" is no verdict'],
    ["nothing shows that it is met", { "V1.1.1": "met | believe us" }, "by which test?"],
    ["the named test is gone", { "V1.1.1": "met | `b.test.ts`" }, "there is no b.test.ts"],
    ["a risk is taken for ever", { "V1.1.1": "accepted | we like it so" }, "by whom, until when, why?"],
    [
      "a risk is taken until no day",
      { "V1.1.1": "accepted | by us until 2027-13-01: so" },
      "by whom, until when, why?",
    ],
  ])("when %s, then it is named", (_what, change: Record<string, string | null>, words) => {
    expect(faults(change).join("\n")).toContain(words);
  });

  describe("an acceptance", () => {
    const accepted = {
      "V3.3.3": "accepted | by us until 2026-12-28: narrower",
      "V3.5.4": "accepted | by us until 2026-12-28: one box",
      "V5.4.3": "accepted | by us until 2027-06-30: administrators alone",
    };
    const at = (day: string) => {
      const today = new Date(`${day} 23:59:59Z`);
      return { faults: faults(accepted, today), warnings: acceptancesEndingSoon(registerWith(accepted), today) };
    };

    it("when its last day is more than thirty days away, then nothing is said", () => {
      expect(at("2026-11-27")).toEqual({ faults: [], warnings: [] });
    });

    it.each([
      ["2026-11-28", "in 30 days"],
      ["2026-12-27", "tomorrow"],
      ["2026-12-28", "today"],
    ])("when it is %s, then it ends %s: one line for each last day, and no fault", (day, when) => {
      const line = `V3.3.3, V3.5.4: the acceptance ends ${when} (2026-12-28), and then this check fails`;
      expect(at(day)).toEqual({ faults: [], warnings: [line] });
    });

    it("when its last day is over, then that is a fault, and no warning any more", () => {
      expect(at("2026-12-29")).toEqual({
        faults: ["V3.3.3, V3.5.4: accepted until 2026-12-28 only; decide anew, or mend"],
        warnings: [],
      });
      expect(at("2027-07-01").faults).toHaveLength(2);
    });
  });

  it("when a tenth of what applies has no test, then that is too much", () => {
    const accepted = everyId.slice(0, 30).map(({ id }) => [id, "accepted | by us until 2027-01-31: so it is"]);
    expect(faults(Object.fromEntries(accepted))).toEqual([expect.stringContaining("only 223 of 253")]);
  });
});
