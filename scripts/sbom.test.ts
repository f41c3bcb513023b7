import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";

type Bill = {
  bomFormat: string;
  components: { name: string; version: string; cpe?: string; hashes?: unknown[]; properties?: unknown }[];
};

const read = async (service: string): Promise<Bill> =>
  JSON.parse(await readFile(`.cache/sbom/${service}.cdx.json`, "utf8")); // CycloneDX 1.5

it("when asked what a service is made of, then a CycloneDX file names its packages with their hashes, and no tool", async () => {
  await promisify(execFile)(process.execPath, ["scripts/sbom.ts"]);
  const bill = await read("payment");
  const names = bill.components.map(({ name }) => name);
  expect(bill.bomFormat).toBe("CycloneDX");
  expect(names).toEqual(expect.arrayContaining(["fastify", "mercadopago", "mongodb", "pg"]));
  expect(names).not.toContain("vitest");
  expect(bill.components.find(({ name }) => name === "fastify")?.hashes).toHaveLength(1);
  // The programs that packages bring along, as those who look for their faults call them.
  const node = bill.components.find(({ name }) => name === "node");
  expect(node).toMatchObject({ version: process.versions.node, cpe: expect.stringContaining(":nodejs:node.js:") });
  const postgresql = bill.components.find(({ name }) => name === "postgresql");
  expect(postgresql?.version).toMatch(/^1[89]\.\d+$/);
  expect((await read("gateway")).components.map(({ name }) => name)).not.toContain("postgresql");
}, 60_000);
