import { describe, expect, it } from "vitest";
import { judgeReports } from "./judge-suite.ts";
import { wordOf } from "./suite-report.ts";

const word = { file: /^a$/, place: /^log/, what: /^a CPF$/, why: "for this test" };
/** What a run is that has done all it should. */
const ample = (needed: readonly string[] = []) => {
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1_000_000]));
  const faults = judgeReports([], []).map((fault) => /^(.+): (planted|searched)/.exec(fault) ?? []);
  const named = (verb: string) => faults.flatMap(([, name = "", how]) => (how === verb ? [name] : []));
  return { file: "a", planted: all(named("planted")), searched: all(named("searched")), needed, milliseconds: 1 };
};

describe("the judgement of a whole run", () => {
  it("when nothing was planted and nothing searched, then it says so of each sort", () => {
    const faults = judgeReports([], []);
    expect(faults).toContainEqual(expect.stringMatching(/^a CPF: planted 0 times/));
    expect(faults).toContainEqual(expect.stringMatching(/^log of order: searched 0 times/));
    expect(faults).toContainEqual(expect.stringMatching(/^column payment in MongoDB: searched 0 times/));
    expect(judgeReports([], [], { isMongoWanted: false })).toHaveLength(faults.length - 1);
  });

  it("when one sort is missing, then that one is told, whatever the others are", () => {
    const { planted, ...rest } = ample();
    expect(judgeReports([{ ...rest, planted: { ...planted, "a CPF": 0 } }], [])).toHaveLength(1);
  });

  it("when a word of the allow-list was needed, then all is well; when not, then it is told", () => {
    expect(judgeReports([ample([wordOf(word)])], [word])).toEqual([]);
    expect(judgeReports([ample()], [word])).toEqual([expect.stringContaining("nothing needed this word")]);
  });
});
