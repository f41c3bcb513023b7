import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/**/*.test.ts",
      "services/**/*.test.ts",
      "scripts/**/*.test.ts",
      "bench/**/*.test.ts",
      "e2e/**/*.test.ts",
    ],
    // One PostgreSQL for the whole run; each test file clones its own database.
    globalSetup: "packages/testing/src/global-setup.ts",
    // What a file plants must not stand in what it writes: searched when the file ends.
    setupFiles: "packages/testing/src/canary/setup.ts",
    // One file per worker at a time per core: each file owns its database and ports, none depends on another.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
    // A line for each file, and what failed in full at the end: slow tests are not named (`npm test --
    // --slow-test-threshold=300` does), and what a test printed is shown when it failed.
    slowTestThreshold: Number.POSITIVE_INFINITY,
    silent: "passed-only",
  },
});
