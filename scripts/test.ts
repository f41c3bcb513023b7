// Runs the tests: `npm test`, or `npm test -- services/order` for a part of them.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const isAutomatic = process.env["CI"] === "true" || process.env["CI"] === "1";
const plain = isAutomatic ? ["--reporter=default", "--no-color"] : [];

const child = spawn(process.execPath, [vitest, "run", ...plain, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
