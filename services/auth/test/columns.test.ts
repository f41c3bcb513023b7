import { fileURLToPath } from "node:url";
import { compareColumns } from "@comanda/testing/privacy";
import { describe, expect, it } from "vitest";

const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

describe("what is held, column by column", () => {
  it("when a column is there, then docs/privacy/columns says its class and how long it is kept", async () => {
    expect(await compareColumns("auth", migrations)).toEqual({ untagged: [], gone: [], bad: [] });
  });
});
