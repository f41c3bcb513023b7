import type { App } from "@comanda/service-kit";
import { Type } from "typebox";
import type { Upstream } from "../upstreams.ts";

const askTimeoutMs = 1_500;
// Every open first page asks each few seconds; the services are asked at most once in this time.
const freshMs = 1_000;

const StatusAnswer = Type.Object({
  services: Type.Array(
    Type.Object({
      name: Type.String({ examples: ["order"] }),
      status: Type.Union([Type.Literal("up"), Type.Literal("starting"), Type.Literal("down")]),
    }),
  ),
});

/** `GET /status`: which processes behind the gateway answer. */
export function showStatus(app: App, upstreams: readonly Upstream[]): void {
  let asked: { at: number; answer: Promise<{ name: string; status: Status }[]> } | undefined;
  const schema = {
    operationId: "show-status",
    summary: "Which services answer right now",
    tags: ["operations"],
    response: { 200: StatusAnswer },
  };
  app.get("/status", { config: { access: "tokenless" }, schema }, async (_request, reply) => {
    if (asked === undefined || performance.now() - asked.at > freshMs) {
      asked = { at: performance.now(), answer: Promise.all(upstreams.map(statusOf)) };
    }
    reply.header("cache-control", "no-store");
    return { services: await asked.answer };
  });
}

type Status = "up" | "starting" | "down";

async function statusOf({ name, url }: Upstream): Promise<{ name: string; status: Status }> {
  try {
    const signal = AbortSignal.timeout(askTimeoutMs);
    const answer = await fetch(new URL("/ready", url), { signal, redirect: "error" });
    await answer.body?.cancel();
    // It answers, but one of its own dependencies does not yet.
    return { name, status: answer.ok ? "up" : "starting" };
  } catch {
    // Refused or too late: for somebody who looks at the page it is the same.
    return { name, status: "down" };
  }
}
