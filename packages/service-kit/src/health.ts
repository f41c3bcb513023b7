import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { sendProblem } from "./errors.ts";
import { houseProblem } from "./house-problems.ts";
import { problemResponses } from "./schemas.ts";

/** A dependency that must answer before the service says it is ready; `check` throws or rejects when it does not. */
export type ReadinessCheck = { readonly name: string; readonly check: () => Promise<void> };

const CHECK_TIMEOUT_MS = 2_000;

/**
 * `GET /health` says that the process runs (nothing more: a database outage must not restart it), `GET /ready` asks
 * every real dependency, `leave()` makes it unready before closing so that a balancer stops sending.
 */
export function useHealth(app: FastifyInstance, checks: readonly ReadinessCheck[]): { readonly leave: () => void } {
  let leaving = false;
  const health = Type.Object({ status: Type.Literal("ok") });
  app.get(
    "/health",
    { config: { access: "tokenless" }, schema: { tags: ["operations"], response: { 200: health } } },
    async () => ({ status: "ok" as const }),
  );

  const ready = Type.Object({ status: Type.Literal("ready"), dependencies: Type.Record(Type.String(), Type.String()) });
  const schema = { tags: ["operations"], response: { 200: ready, ...problemResponses(["unavailable"]) } };
  app.get("/ready", { config: { access: "tokenless" }, schema }, async (request, reply) => {
    const answers = await Promise.all(checks.map(async ({ name, check }) => [name, await answerOf(check)] as const));
    const dependencies = Object.fromEntries(answers);
    if (leaving || answers.some(([, answer]) => answer !== "ok")) {
      const about = { extensions: { dependencies, leaving }, headers: { "retry-after": "1" } };
      // Not thrown: who asks is told, and a service that waits for another one at its start has not failed.
      return sendProblem(houseProblem("unavailable", about), request, reply);
    }
    return { status: "ready" as const, dependencies };
  });

  return {
    leave: () => {
      leaving = true;
    },
  };
}

async function answerOf(check: () => Promise<void>): Promise<"ok" | "down"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"down">((resolve) => {
    timer = setTimeout(() => resolve("down"), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().then(() => "ok" as const), late]);
  } catch {
    // The reason is the dependency's own affair and its logs'; readiness only says which one is missing.
    return "down";
  } finally {
    clearTimeout(timer);
  }
}
