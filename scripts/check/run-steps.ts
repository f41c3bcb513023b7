import { spawn } from "node:child_process";

/** One check: a command that must end with 0, or a function that gives back what is wrong (nothing: good). */
export type Step = {
  readonly name: string;
  /** What is well today and will not be: shown, and no fault. */
  readonly warn?: () => Promise<readonly string[]>;
} & ({ readonly command: readonly string[] } | { readonly run: () => Promise<readonly string[]> });

/** Runs the checks two at a time and prints one line each, with what is wrong below it. */
export async function runSteps(steps: readonly Step[]): Promise<{ passed: number; failed: number }> {
  let passed = 0;
  let failed = 0;
  const waiting = [...steps];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedAt = performance.now();
      const faults = await faultsOf(step);
      const warnings = (await step.warn?.()) ?? [];
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      if (faults.length === 0) passed += 1;
      else failed += 1;
      console.log(`${faults.length === 0 ? "✓" : "✗"} ${step.name} (${seconds} s)`);
      for (const fault of faults) console.log(fault.replace(/^/gm, "    "));
      for (const warning of warnings) console.log(`  ! ${warning}`);
    }
  };
  await Promise.all([worker(), worker()]);
  console.log(`\nchecks: ${passed} passed, ${failed} failed`);
  return { passed, failed };
}

async function faultsOf(step: Step): Promise<readonly string[]> {
  try {
    if ("run" in step) return await step.run();
    const { code, output } = await runCommand(step.command);
    return code === 0 ? [] : [output.trim()];
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/** Runs a script of a package under this Node and gives back its exit code and everything it printed. */
export function runCommand(command: readonly string[]): Promise<{ code: number; stdout: string; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    const parts: Buffer[] = [];
    const stdout: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => {
      parts.push(part);
      stdout.push(part);
    });
    child.stderr.on("data", (part: Buffer) => parts.push(part));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? 1, stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(parts).toString() }),
    );
  });
}
