import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";

type Bill = { bomFormat: string; components: { name: string; hashes?: unknown[]; properties?: unknown }[] };

it("when asked what a service is made of, then a CycloneDX file names its packages with their hashes, and no tool", async () => {
  await promisify(execFile)(process.execPath, ["scripts/sbom.ts"]);
  const bill = JSON.parse(await readFile(".cache/sbom/payment.cdx.json", "utf8")) as Bill; // CycloneDX 1.5
  const names = bill.components.map(({ name }) => name);
  expect(bill.bomFormat).toBe("CycloneDX");
  expect(names).toEqual(expect.arrayContaining(["fastify", "mercadopago", "mongodb", "pg"]));
  expect(names).not.toContain("vitest");
  expect(bill.components.find(({ name }) => name === "fastify")?.hashes).toHaveLength(1);
}, 60_000);
