import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

/** A real nginx in front of something, for the time of a test file. */
export interface NginxProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

const howTo = "install nginx (Debian: apt-get install nginx), or put its binary on PATH";

/**
 * Starts the nginx on `PATH` with `server` as the inside of its one `server` block, on a free port and in a temporary
 * folder.
 *
 * Where there is none the answer is `null`, and standard error says aloud what is skipped and how to have it.
 *
 * @throws Error instead of that when `CI` is `true`: there nothing may be skipped
 */
export async function startNginx(server: string): Promise<NginxProxy | null> {
  const directory = await mkdtemp(join(tmpdir(), "comanda-nginx-"));
  const port = await freePort();
  await writeFile(join(directory, "nginx.conf"), configuration({ directory, port, server }));
  const child = spawn("nginx", ["-p", directory, "-c", join(directory, "nginx.conf"), "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
    // Debian keeps it where ordinary users do not look.
    env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin` },
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint += String(chunk);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(`nginx ended with ${code}: ${complaint.slice(0, 500)}`));
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const listening = waitFor(async () => (await fetch(url)).status > 0, { timeoutMs: 10_000, description: "nginx" });
  // Whoever loses the race below is nobody's business.
  listening.catch(() => undefined);
  const failure = await Promise.race([ended, listening.then(() => null)]);
  if (failure === null) return { url, stop };
  await rm(directory, { recursive: true, force: true });
  return explainAbsence(failure);
}

function explainAbsence(reason: string): null {
  const message = `no nginx for tests (${reason}): ${howTo}`;
  if (process.env["CI"] === "true") throw new Error(message);
  process.stderr.write(`\n!!! SKIPPED, the tests behind nginx did not run: ${message}\n\n`);
  return null;
}

function configuration(options: {
  readonly directory: string;
  readonly port: number;
  readonly server: string;
}): string {
  const { directory, port, server } = options;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(directory, name)};`)
    .join("\n  ");
  // As root it would else give its workers to a user who may not enter the folder.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `${user}
daemon off;
worker_processes 1;
pid ${join(directory, "nginx.pid")};
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}
`;
}
