import { Writable } from "node:stream";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createLogger, useFigures } from "../src/index.ts";

function watched(forSeconds?: number) {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const registry = new Registry();
  const state: { value: number | Error; now: number } = { value: 0, now: Date.UTC(2026, 0, 15) };
  const watch = useFigures(registry, {
    log: createLogger({ service: "test", level: "info", destination }),
    clock: { now: () => new Date(state.now) },
    figures: [
      {
        name: "test_waiting",
        help: "What waits",
        read: async () => {
          if (state.value instanceof Error) throw state.value;
          return state.value;
        },
        alarm: { code: "too-much", above: 2, ...(forSeconds === undefined ? {} : { forSeconds }) },
      },
      { name: "test_quiet", help: "Nobody is called for it", read: async () => 99 },
    ],
  });
  return {
    watch,
    registry,
    state,
    alarms: () => lines.map(({ level, alarm, alarm_over }) => [level, alarm ?? alarm_over]),
  };
}

describe("figures", () => {
  it("when a figure passes its threshold, then one line says so, and one when it is over", async () => {
    const { watch, state, alarms } = watched();
    for (const value of [0, 2, 3, 4, 3, 2, 1, 5]) {
      state.value = value;
      await watch.look();
    }
    const names = alarms().map(([, code]) => code);
    expect(names).toEqual(["too-much", "too-much", "too-much"]);
    expect(new Set(alarms().map(([level]) => level)).size).toBe(2);
    expect(watch.raised()).toEqual(["too-much"]);
  });

  it("when it must last, then a moment above is no alarm", async () => {
    const { watch, state, alarms } = watched(60);
    for (const [value, seconds] of [
      [3, 0],
      [3, 59],
      [0, 1],
      [3, 30],
      [3, 59],
    ] as const) {
      state.value = value;
      state.now += seconds * 1_000;
      await watch.look();
    }
    expect(alarms()).toEqual([]);
    state.now += 1_000;
    await watch.look();
    expect(alarms()).toHaveLength(1);
  });

  it("when a figure cannot be read, then it is no number, and no alarm begins or ends", async () => {
    const { watch, state, registry, alarms } = watched();
    state.value = 3;
    await watch.look();
    state.value = new Error("the database is away");
    await watch.look();
    expect(alarms()).toHaveLength(1);
    expect(watch.raised()).toEqual(["too-much"]);
    const text = await registry.metrics();
    expect(text).toContain("test_waiting Nan");
    expect(text).toContain("test_quiet 99");
  });
});
