import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const embedded = new URL("../src/embedded.ts", import.meta.url).href;

const program = `
  const { startEmbeddedPostgres } = await import(${JSON.stringify(embedded)});
  const log = { info() {}, warn() {} };
  const server = await startEmbeddedPostgres({ dataDir: process.argv[1], log });
  process.stdout.write(server.pid + "\\n");
`;

/** Runs a process that starts a server on `dataDir` and is killed with -9; returns the id of the server it leaves. */
export async function leaveServerBehind(dataDir: string): Promise<number> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  child.kill("SIGKILL");
  await once(child, "exit");
  return Number(line);
}
