import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { BUGS } from "./bugs/bugs.ts";
import { runSeed } from "./run-seed.ts";

const SEEDS = 10_000;
/** Each planted bug must show within so many seeds (reliability TM-03). */
const SEEDS_PER_BUG = 1_000;

describe("the simulator", () => {
  it("when a seed is played twice, then every step is the same, and no chance or time comes from outside", async () => {
    const outside: readonly (readonly [object, string])[] = [
      [Math, "random"],
      [Date, "now"],
      [performance, "now"],
      [crypto, "randomUUID"],
      [crypto, "getRandomValues"],
    ];
    for (const seed of [1, 2, 3, 7, 26, 315, 351, 4711]) {
      const first = await runSeed(seed);
      // Whoever asks the real world in the second run is told so.
      const restore = outside.map(([owner, name]) => forbid(owner, name));
      const second = await runSeed(seed).finally(() => {
        for (const undo of restore) undo();
      });
      expect(first.steps).toBeGreaterThan(50);
      expect(second, `seed ${seed}`).toEqual(first);
    }
    expect((await runSeed(1)).hash).not.toBe((await runSeed(2)).hash);
  });

  it(`when ${SEEDS} seeds are played, then no rule is broken and everything comes to its end`, async () => {
    const { code, lines } = await simulate(["--seeds", String(countOf())]);
    const told = lines.join("\n");
    expect(code, told).toBe(0);
    expect(told).toMatch(/simulator: \d+ seeds, \d+ steps, \d+ orders/);
    process.stdout.write(`${lines.at(-1)}\n`);
    // A storm in which some fault never struck would prove nothing about it.
    const faults = lines.find((line) => line.startsWith("faults: ")) ?? "";
    for (const fault of FAULTS) expect(faults).toMatch(new RegExp(`${fault} [1-9]`));
    const terminals = lines.find((line) => line.startsWith("at the terminals: ")) ?? "";
    for (const end of AT_TERMINALS) expect(terminals).toMatch(new RegExp(`\\b${end} [1-9]`));
  }, 900_000);

  it("when a seed fails, then the command that plays it again is told, and does", async () => {
    const many = await simulate(["--seeds", "20", "--bug", "random-key"]);
    expect(many.code).toBe(1);
    const again = /npm run simulate -- (--seed \d+ --bug random-key --trace)/.exec(many.lines.join("\n"))?.[1] ?? "";
    const one = await simulate(again.split(" "));
    expect(one.code).toBe(1);
    expect(one.lines.some((line) => line.includes("VIOLATION"))).toBe(true);
  }, 120_000);
});

describe("planted bugs", () => {
  it("when they are counted, then there are at least twelve of different kinds", () => {
    expect(new Set(BUGS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12);
  });

  it.each(BUGS.map((planted) => [planted.name, planted] as const))(
    `when %s is planted, then a seed within ${SEEDS_PER_BUG} tells it`,
    async (name, planted) => {
      const caught = await firstCaught(planted);
      expect(caught, `${name}: ${planted.about}`).not.toBeNull();
      process.stdout.write(
        `${name}: seed ${caught?.seed}, ${caught?.rule}: npm run simulate -- --seed ${caught?.seed} --bug ${name}\n`,
      );
      // It is the bug that is told, not the seed.
      expect((await runSeed(caught?.seed ?? 0)).violations).toEqual([]);
    },
    600_000,
  );
});

async function firstCaught(planted: (typeof BUGS)[number]): Promise<{ seed: number; rule: string } | null> {
  for (let seed = 1; seed <= SEEDS_PER_BUG; seed += 1) {
    const [violation] = (await runSeed(seed, { planted })).violations;
    if (violation !== undefined) return { seed, rule: violation.rule };
  }
  return null;
}

const FAULTS = [
  "answerLost",
  "clockJump",
  "commitUnanswered",
  "crash",
  "crashOfAll",
  "eventsTwice",
  "noticeForged",
  "noticeLate",
  "noticeLost",
  "noticeTwice",
  "partition",
  "providerAway",
  "providerBusy",
  "providerTimeoutAfter",
  "providerTimeoutBefore",
  "refundFails",
  "requestLost",
  "slow",
  "statementLost",
];

/** How a charge at a card terminal may end, and what may happen on the way (provider §7.3). */
const AT_TERMINALS = [
  "shown",
  "processed",
  "processed with a tip",
  "failed",
  "canceled",
  "expired",
  "asked to cancel",
  "not cancelled",
  "action_required",
  "charged after all",
];

/** Fewer seeds for who is at work on something; where it counts, all of them. */
function countOf(): number {
  const wanted = process.env["SIMULATOR_SEEDS"];
  if (wanted === undefined || process.env["CI"] === "true") return SEEDS;
  return Number(wanted);
}

function forbid(owner: object, name: string): () => void {
  const kept: unknown = Reflect.get(owner, name);
  const refuse = () => {
    throw new Error(`${name} was asked in a simulation`);
  };
  Object.defineProperty(owner, name, { value: refuse, configurable: true, writable: true });
  return () => Object.defineProperty(owner, name, { value: kept, configurable: true, writable: true });
}

/** The command itself, in a process of its own: its threads are not those of the tests. */
async function simulate(args: readonly string[]): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/main.ts`, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, lines };
}
