import type { FastifyInstance } from "fastify";
import { ConfigError } from "./config.ts";
import type { Log } from "./logger.ts";

/** Time a service goes on serving after it has said that it leaves, in ms (trap T11). */
const DRAIN_MS = 300;
/** Time it has to finish what is under way before it ends regardless, in ms. */
const CLOSE_MS = 4_000;

/** A service that can be run as a process. `close` ends background work and connections, after the last request. */
export type Runnable = {
  readonly app: FastifyInstance;
  readonly leave: () => void;
  readonly log: Log;
  readonly close: () => Promise<void>;
};

/**
 * Runs a service as this process: build, listen, and on SIGTERM, SIGINT or the end of the parent (IPC channel closed)
 * unready → drain → finish requests → close → exit 0. A start that fails says why in one line and exits with 1; an
 * error nobody caught ends the process, so that its supervisor starts a clean one.
 */
export async function runService(options: {
  readonly host: string;
  readonly port: number;
  readonly build: () => Promise<Runnable>;
}): Promise<void> {
  const service = await options.build();
  const stop = stopOnce(service);
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("disconnect", () => stop("parent ended"));
  // The parent may have ended while the service was being built; without a channel this is undefined.
  if (process.connected === false) stop("parent ended");
  process.on("uncaughtException", (error) => die(service.log, error));
  process.on("unhandledRejection", (error) => die(service.log, error));
  await service.app.listen({ host: options.host, port: options.port });
}

/** Runs `main` and turns a failed start into one clear sentence on standard error and exit code 1. */
export async function startOrExplain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

function stopOnce(service: Runnable): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    if (stopping) return;
    stopping = true;
    service.log.info({ reason }, "stopping");
    setTimeout(() => process.exit(1), CLOSE_MS + DRAIN_MS).unref();
    service.leave();
    closeInOrder(service).then(
      () => process.exit(0),
      (error: unknown) => die(service.log, error),
    );
  };
}

async function closeInOrder(service: Runnable): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
  await service.app.close();
  await service.close();
  service.log.info("stopped");
}

function die(log: Log, error: unknown): void {
  log.fatal({ err: error }, "ending after an error that nobody caught");
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }; // fields that Node adds to system errors
  if (code === "EADDRINUSE") return `port ${port} is already in use`;
  return `could not start: ${error.message}`;
}
