import { glob, readFile } from "node:fs/promises";

/** Biome sees `.only` and `.skip`; a promised test (`todo`) or a file without one assertion it does not see. */
export async function checkTests(): Promise<readonly string[]> {
  const faults: string[] = [];
  let count = 0;
  for await (const path of glob(
    ["packages/**/*.test.ts", "services/**/*.test.ts", "scripts/**/*.test.ts", "e2e/**/*.test.ts"],
    {
      exclude: (name) => name === "node_modules",
    },
  )) {
    count += 1;
    const text = await readFile(path, "utf8");
    if (/\b(it|test|describe)\.todo\b/.test(text)) faults.push(`${path} promises a test instead of holding it`);
    if (!/\bexpect\b|fc\.assert|assert|describeAuthorization|describeFields/.test(text) && !/contract/.test(text))
      faults.push(`${path} asserts nothing`);
  }
  if (count < 40) faults.push(`only ${count} test files were found`);
  return faults;
}
