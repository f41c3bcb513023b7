import { describe, expect, it } from "vitest";
import { checkLockfile, faultsOfLock } from "./lockfile.ts";

const sound = { integrity: "sha512-abc" };
const faultsWith = (packages: Parameters<typeof faultsOfLock>[0]["packages"]) =>
  faultsOfLock({ lockfileVersion: 3, packages });

describe("the lock file", () => {
  it("when it is ours, then nothing is wrong with it", async () => {
    expect(await checkLockfile()).toEqual([]);
  });

  it("when a package comes from anywhere but the registry of whoever installs, then it is named", () => {
    for (const resolved of [
      "git+ssh://git@example.com/a.git#1",
      "http://example.com/a.tgz",
      "https://example.com/a.tgz",
      "file:../a.tgz",
    ]) {
      expect(faultsWith({ "node_modules/a": { ...sound, resolved } })).toEqual([
        `node_modules/a comes from ${resolved}`,
      ]);
    }
    expect(faultsWith({ "node_modules/a": { link: true, resolved: "../../elsewhere" } })).toHaveLength(1);
    expect(faultsWith({ "node_modules/@comanda/audit": { link: true, resolved: "packages/audit" } })).toEqual([]);
  });

  it("when nothing says what a package must be to the byte, then it is named, within another one too", () => {
    expect(faultsWith({ "node_modules/a/node_modules/b": {} })).toEqual([
      "node_modules/a/node_modules/b has no sha512",
    ]);
    expect(faultsWith({ "node_modules/a": { integrity: "sha1-abc" } })).toHaveLength(1);
  });

  it("when a package for another system is left out, then it is named", () => {
    const maker = { ...sound, optionalDependencies: { "@maker/darwin-arm64": "1.0.0" } };
    expect(faultsWith({ "node_modules/maker": maker })).toEqual([
      "node_modules/maker may bring @maker/darwin-arm64, which is not locked",
    ]);
    expect(faultsWith({ "node_modules/maker": maker, "node_modules/@maker/darwin-arm64": sound })).toEqual([]);
  });

  it("when a workspace wants a range, then it is named; and so is a lock file of another form", () => {
    const wants = (range: string) => ({ "services/auth": { dependencies: { fastify: range } } });
    expect(faultsWith(wants("5.6.1"))).toEqual([]);
    for (const range of ["^5.6.1", "~5.6.1", "*", "latest", "github:a/b"]) {
      expect(faultsWith(wants(range))).toEqual([`services/auth wants fastify ${range}: not pinned`]);
    }
    expect(faultsOfLock({ lockfileVersion: 2, packages: {} })).toHaveLength(1);
  });
});
