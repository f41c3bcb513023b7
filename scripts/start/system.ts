import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from "@comanda/postgres/embedded";
import { openLogFile } from "./log-file.ts";
import type { Screen } from "./screen.ts";
import { reasonOf, StartFailure } from "./start-failure.ts";
import { type ProcessPlan, type Supervised, supervise } from "./supervisor.ts";

/** Everything that start has started, and how it ends. */
export type System = {
  /** Starts PostgreSQL with a database for each of these, and a role that has no other; the values are their passwords. */
  readonly postgres: (passwords: Readonly<Record<string, string>>) => Promise<void>;
  /** Connection string of one of them, by its own role; empty without PostgreSQL of ours. */
  readonly databaseUrl: (name: string) => string;
  /** Starts a process and keeps it running. */
  readonly process: (plan: ProcessPlan) => Promise<void>;
  /** Waits for all; the first failure gives up the others, and is what is thrown. */
  readonly together: (tasks: readonly (Promise<void> | false)[]) => Promise<void>;
  /** Gives up what is still starting. */
  readonly giveUp: (reason: unknown) => void;
  /** Ends everything: the process that stops first, then the others, the database last. */
  readonly stop: () => Promise<void>;
};

// Together with the database they leave a stop well within 5 s.
const firstPatienceMs = 1_200;
const othersPatienceMs = 2_500;
const root = fileURLToPath(new URL("../../", import.meta.url));

/** An empty system that keeps its data and logs below `dataDir`; the process named `stopsFirst` faces people. */
export function openSystem(options: {
  readonly dataDir: string;
  readonly screen: Screen;
  readonly stopsFirst: string;
}): System {
  const { dataDir, screen, stopsFirst } = options;
  const starting = new AbortController();
  const running: Supervised[] = [];
  let server: EmbeddedPostgres | undefined;
  const databaseUrls = new Map<string, string>();
  const logOf = (name: string) => openLogFile(join(dataDir, "logs", `${name}.log`));

  return {
    async postgres(passwords) {
      await screen.step("PostgreSQL", async () => {
        server = await startPostgres({ directory: join(dataDir, "postgres"), file: logOf("postgres"), screen });
        for (const [name, password] of Object.entries(passwords)) {
          databaseUrls.set(name, await server.openTenant({ name, password }));
        }
      });
    },
    databaseUrl: (name) => databaseUrls.get(name) ?? "",
    async process(plan) {
      const outside = { log: logOf(plan.name), say: screen.say, signal: starting.signal };
      await screen.step(plan.title, async () => {
        running.push(await supervise({ ...plan, script: join(root, plan.script) }, outside));
      });
    },
    async together(tasks) {
      const giveUpOthers = (error: unknown) => starting.abort(error);
      await Promise.all(tasks.filter((task) => task !== false).map((task) => task.catch(giveUpOthers)));
      starting.signal.throwIfAborted();
    },
    giveUp: (reason) => starting.abort(reason),
    async stop() {
      const isFirst = ({ name }: Supervised) => name === stopsFirst;
      await Promise.all(running.filter(isFirst).map(({ stop }) => stop(firstPatienceMs)));
      await Promise.all(running.filter((each) => !isFirst(each)).map(({ stop }) => stop(othersPatienceMs)));
      await server?.stop();
    },
  };
}

async function startPostgres(options: {
  directory: string;
  file: ReturnType<typeof openLogFile>;
  screen: Screen;
}): Promise<EmbeddedPostgres> {
  const { directory, file, screen } = options;
  const write = (details: object, message: string) =>
    file.write(`${Reflect.get(details, "line") ?? `${message} ${JSON.stringify(details)}`}\n`);
  const warn = (details: object, message: string) => {
    write(details, message);
    screen.say(`postgres: ${message}`);
  };
  try {
    return await startEmbeddedPostgres({ dataDir: directory, log: { info: write, warn } });
  } catch (error) {
    throw explain(error);
  }
}

function explain(cause: unknown): StartFailure {
  const isInUse = cause instanceof EmbeddedPostgresError && cause.fault === "data-directory-in-use";
  const words = isInUse
    ? {
        pt: "Os dados do PostgreSQL já estão em uso por outro processo; pare-o ou escolha outra pasta com DATA_DIR.",
        en: "The PostgreSQL data is in use by another process; stop it or choose another folder with DATA_DIR.",
      }
    : {
        pt: `O PostgreSQL não conseguiu iniciar: ${reasonOf(cause)}`,
        en: "PostgreSQL could not start; its log is in DATA_DIR/logs/postgres.log.",
      };
  return new StartFailure(words, { cause });
}
