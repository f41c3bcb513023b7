// Runs the fixtures beside it as `npm test` runs test files; the server of databases is that of whoever starts this.
import { join } from "node:path";
import { startVitest } from "vitest/node";

const vitest = await startVitest("test", process.argv.slice(2), {
  config: false,
  root: import.meta.dirname,
  include: ["*.fixture.ts"],
  setupFiles: join(import.meta.dirname, "../setup.ts"),
  pool: "forks",
  maxWorkers: 1,
  watch: false,
});
await vitest.close();
