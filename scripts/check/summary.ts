import { mkdir, writeFile } from "node:fs/promises";

/** Keeps how many checks or tests passed and failed, for the closing line of CI. */
export async function writeSummary(name: string, counts: { passed: number; failed: number }): Promise<void> {
  await mkdir(".cache", { recursive: true });
  await writeFile(`.cache/${name}-summary.json`, JSON.stringify(counts));
}
