import { fileURLToPath } from "node:url";
import { newId } from "@comanda/primitives";
import { badTags, compareColumns, readTags } from "@comanda/testing/privacy";
import { describe, expect, it } from "vitest";
import type { Charge } from "../src/domain/charge.ts";
import { recordOf } from "../src/storage/mongo-records.ts";
import { aCharge, aRefund, NOON } from "./builders.ts";

const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

/** The fields of a document, `[]` for whatever is in a list. */
function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? [path] : value.flatMap((item) => fieldsOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null || value instanceof Date) return [path];
  return Object.entries(value).flatMap(([name, part]) => fieldsOf(part, path === "" ? name : `${path}.${name}`));
}

describe("what is held, field by field", () => {
  it("when a column is there, then docs/privacy/columns says its class and how long it is kept", async () => {
    expect(await compareColumns("payment", migrations)).toEqual({ untagged: [], gone: [], bad: [] });
  });

  it("when a charge's document has a field, then docs/privacy/columns says its class and how long it is kept", () => {
    const charge: Charge = {
      ...aCharge(),
      nextCheckAt: NOON,
      refunds: [aRefund({ lines: [{ itemId: newId(), quantity: 1, amountCents: 100 }] })],
      ledger: [{ at: NOON, why: "paid", isReversal: false, debit: "provider", credit: "sales", amountCents: 100 }],
    };
    const fields = [...new Set(fieldsOf(recordOf(charge)))].map((field) => `document:${field}`).sort();
    const tags = Object.fromEntries(
      Object.entries(readTags("payment")).filter(([name]) => name.startsWith("document:")),
    );
    expect(Object.keys(tags).sort()).toEqual(fields);
    expect(badTags(tags)).toEqual([]);
  });
});
