import { inhabit } from "@comanda/testing/authorization";
import { type Case, denials } from "@comanda/testing/authorization-cases";
import { readMatrix } from "@comanda/testing/authorization-matrix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CORPUS, COUNTS } from "./attack/corpus/corpus.ts";
import { atTheGateway } from "./attack/guarded-house.ts";
import { openHouse } from "./attack/house.ts";
import type { House } from "./attack/house-shape.ts";
import { faultOfLine, linesOf, tryToForgeLines } from "./attack/logs.ts";
import { type Operation, readOperations, SERVICES } from "./attack/operations.ts";
import { tryEntry } from "./attack/try-entry.ts";

let house: House;
let operations: readonly Operation[];
beforeAll(async () => {
  house = await openHouse({ LOG_LEVEL: "info" });
  operations = await readOperations();
}, 120_000);
afterAll(() => house.close(), 60_000);

describe("the corpus of bad input", () => {
  it("when it is counted, then no entry of any section is missing or twice", () => {
    const wanted = Object.entries(COUNTS).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_none, at) => `${letter}-${String(at + 1).padStart(2, "0")}`),
    );
    expect(CORPUS.map(({ id }) => id).sort()).toEqual(wanted.sort());
  });

  // An entry that fits nowhere is a fault of its own: it would be green without having been tried.
  it.each(CORPUS)(
    "when $id ($about) is sent wherever it fits, then the answer is the one written down",
    async (entry) => {
      const { tries, faults } = await tryEntry(house, entry, operations);
      expect(tries).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    },
    120_000,
  );
});

// What the services do is asked of each by itself (docs/authorization); here nothing between it and a guest may tell more.
describe("another's things, through the gateway", () => {
  const services = ["auth", "order", "payment"] as const;
  it.each(services)(
    "when a thing of %s is another's, then it is told by nothing from one that never was",
    async (name) => {
      const guests = await inhabit(atTheGateway(house, name));
      const cases: readonly Case[] = denials(readMatrix(name));
      expect(cases.length).toBeGreaterThan(3);
      for (const { name: what, run } of cases) expect([what, await run(guests)]).toEqual([what, []]);
    },
    120_000,
  );
});

// Reliability OP-51, of all that the corpus made the services say.
describe("the logs", () => {
  it("when lines were to be forged, then every line is JSON of the service that wrote it", async () => {
    await tryToForgeLines(house);
    for (const service of SERVICES) {
      const lines = await linesOf(house, service);
      expect(lines.length).toBeGreaterThan(20);
      const faults = lines.map((line) => [faultOfLine(line, service), line]).filter(([fault]) => fault !== null);
      expect(faults).toEqual([]);
    }
  });

  it("when a line is not as it should be, then it is noticed", () => {
    const good = { level: "info", time: "2026-01-15T12:00:00.000Z", service: "order", msg: "x" };
    const fault = (difference: object) => faultOfLine(JSON.stringify({ ...good, ...difference }), "order");
    expect(fault({})).toBeNull();
    expect(fault({ service: "forged" })).not.toBeNull();
    expect(fault({ level: "fatal" })).not.toBeNull();
    expect(fault({ time: "2026-01-15T09:00:00-03:00" })).not.toBeNull();
    expect(fault({ msg: "request", route: "/orders" })).not.toBeNull();
    expect(fault({ msg: "a\u2028b" })).not.toBeNull();
    expect(faultOfLine(JSON.stringify(good).slice(1), "order")).not.toBeNull();
  });
});
