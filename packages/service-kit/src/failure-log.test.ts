import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { makeFailureLog } from "./failure-log.ts";
import { houseProblem } from "./house-problems.ts";
import { createLogger } from "./logger.ts";

function logged() {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: createLogger({ service: "test", destination }), lines };
}

it("when an outage fails a thousand requests, then it is said once a second, with how many were not said", () => {
  const { log, lines } = logged();
  let nowMs = 0;
  const say = makeFailureLog(() => nowMs);
  const outage = { error: new Error("the database is away"), problem: houseProblem("unavailable") };
  for (nowMs = 0; nowMs < 3_000; nowMs += 3) say(log, outage);
  expect(lines.map(({ unsaid }) => unsaid)).toEqual([0, 333, 333]);
  expect(JSON.stringify(lines[0])).toContain("the database is away");
});

it("when another outage comes meanwhile, then it is said at once", () => {
  const { log, lines } = logged();
  const say = makeFailureLog(() => 0);
  say(log, { error: new Error("the database is away"), problem: houseProblem("unavailable") });
  say(log, { error: new RangeError("too many at once"), problem: houseProblem("unavailable") });
  expect(lines.length).toBe(2);
});

it("when bugs fail requests, then each is said", () => {
  const { log, lines } = logged();
  const say = makeFailureLog(() => 0);
  for (let turn = 0; turn < 5; turn += 1) say(log, { error: new Error("a bug"), problem: houseProblem("internal") });
  expect(lines.length).toBe(5);
});
