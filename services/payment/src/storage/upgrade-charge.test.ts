import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeCharge, encodeCharge } from "./charge-document.ts";
import { CHARGE_FORMAT, upgradeCharge } from "./upgrade-charge.ts";

const folder = join(import.meta.dirname, "../../test/stores/golden");
/** Documents as they were really written in each format, in both stores' form; never changed. */
const golden = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => ({ name, document: JSON.parse(readFileSync(join(folder, name), "utf8")) }));
const read = (document: unknown) => decodeCharge({ document, nextCheckAt: null, unsent: [] });

describe("documents of past formats", () => {
  it("when the format was raised, then there is a golden file of every format that was ever written", () => {
    const formats = new Set(golden.map(({ document }) => document.format));
    expect([...formats].sort()).toEqual(Array.from({ length: CHARGE_FORMAT }, (_, index) => index + 1));
  });

  it.each(golden)("when $name is read, then it is the charge that it was", ({ document }) => {
    const charge = read(document);
    expect(charge).toMatchObject({
      id: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02",
      amountCents: 1_000_000,
      status: "partially_refunded",
      providerId: "ORD01JXYZ",
      approvedAt: new Date("2026-02-28T12:34:56.001Z"),
    });
    expect(charge.items.map(({ quantity, unitPriceCents }) => [quantity, unitPriceCents])).toEqual([
      [3, 333_333],
      [1, 1],
    ]);
    expect(charge.refunds).toMatchObject([{ amountCents: 1, reason: charge.description }, { amountCents: 1 }]);
    expect(charge.entries[0]?.detail["a.b"]).toEqual([1, 1.5, -0.1, 2 ** 53 - 1, null, true]);
    expect(charge.ledger).toMatchObject([{ why: "charged-back", amountCents: 2 ** 53 - 1 }]);
  });

  it.each(golden)("when $name is read and written, then it is of the present format and reads the same", (file) => {
    const charge = read(file.document);
    const written = JSON.parse(JSON.stringify(encodeCharge(charge)));
    expect(written.format).toBe(CHARGE_FORMAT);
    expect(read(written)).toEqual(charge);
  });

  it("when lines had no names, then they go by their place, and refunds name none", () => {
    const old = golden.find(({ document }) => document.format === 1);
    const charge = read(old?.document);
    expect(charge.items.map(({ id }) => id)).toEqual(["1", "2"]);
    expect(charge.refunds.map(({ lines }) => lines)).toEqual([[], []]);
  });

  it.each([[null], [[]], ["x"], [{ format: "1" }], [{ format: 0 }], [{ format: 1.5 }], [{ format: 999 }], [{}]])(
    "when it is %j, then it is left for the reader to refuse",
    (document) => {
      expect(upgradeCharge(document)).toBe(document);
      expect(() => read(document)).toThrow(/cannot be read/);
    },
  );
});
