import { describe, expect, it } from "vitest";
import { makeTwoValues } from "./two-values.ts";

function pair() {
  const clock = { ms: 1_000 };
  const changes: string[] = [];
  const values = makeTwoValues({
    present: "new",
    previous: "old",
    onChange: (which) => changes.push(which),
    now: () => clock.ms,
  });
  return { clock, changes, values, order: () => values.inOrder().map(({ value }) => value) };
}

describe("two values of a secret", () => {
  it("when there is no second, then there is one to try, whatever is said of it", () => {
    const values = makeTwoValues({ present: "only" });
    values.note("present", "refused");
    expect(values.inOrder()).toEqual([{ which: "present", value: "only" }]);
  });

  it("when nothing was refused, then the present one goes first, and nobody is told that it is taken", () => {
    const { values, order, changes } = pair();
    values.note("present", "taken");
    expect(order()).toEqual(["new", "old"]);
    expect(changes).toEqual([]);
  });

  it("when the present one was refused, then the other goes first for a minute, and then it has its turn again", () => {
    const { values, order, clock, changes } = pair();
    values.note("present", "refused");
    values.note("previous", "taken");
    expect(order()).toEqual(["old", "new"]);
    clock.ms += 59_999;
    values.note("previous", "taken");
    expect(order()).toEqual(["old", "new"]);
    clock.ms += 1;
    expect(order()).toEqual(["new", "old"]);
    values.note("present", "taken");
    expect(order()).toEqual(["new", "old"]);
    expect(changes).toEqual(["previous", "present"]);
  });

  it("when the other is refused within the minute, then the present one goes first at once", () => {
    const { values, order, changes } = pair();
    values.note("present", "refused");
    values.note("previous", "taken");
    values.note("previous", "refused");
    expect(order()).toEqual(["new", "old"]);
    values.note("present", "taken");
    expect(changes).toEqual(["previous", "present"]);
  });

  it("when both are refused, then nobody is told that one of them is taken", () => {
    const { values, order, changes } = pair();
    values.note("present", "refused");
    values.note("previous", "refused");
    expect(order()).toEqual(["new", "old"]);
    expect(changes).toEqual([]);
  });
});
