import { describe, expect, it } from "vitest";
import { checkAsvs, faultsOfRegister } from "./asvs.ts";
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
const faults = (change: Readonly<Record<string, string | null>>) =>
  faultsOfRegister(registerWith(change), (path) => path === "a.test.ts");

describe("the ASVS register", () => {
  it("when it is ours, then it has no gap", async () => {
    expect(everyId).toHaveLength(253);
    expect(await checkAsvs()).toEqual([]);
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
  ])("when %s, then it is named", (_what, change: Record<string, string | null>, words) => {
    expect(faults(change).join("\n")).toContain(words);
  });

  it("when a tenth of what applies has no test, then that is too much", () => {
    const accepted = everyId.slice(0, 30).map(({ id }) => [id, "accepted | by us until 2027-01-31: so it is"]);
    expect(faults(Object.fromEntries(accepted))).toEqual([expect.stringContaining("only 223 of 253")]);
  });
});
