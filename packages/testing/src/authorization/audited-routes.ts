import diagnostics from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "@comanda/service-kit";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { readMatrix } from "./matrix.ts";

type NotedRoute = { readonly method: string | string[]; readonly url: string; config?: { audit?: unknown } };

const PATH = join(import.meta.dirname, "../../../../docs/authorization/unaudited.json");
const Excuses = Type.Record(Type.String(), Type.Record(Type.String(), Type.String({ minLength: 20 })));

/** Runs `start` and notes which routes the service declares as audited, as `METHOD pattern`. */
export async function noteAudited<Started>(
  start: () => Promise<Started>,
): Promise<{ readonly started: Started; readonly audited: ReadonlySet<string> }> {
  const noted: NotedRoute[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: App }; // what Fastify documents for this channel
    fastify.addHook("onRoute", (route) => void noted.push(route));
  };
  diagnostics.subscribe("fastify.initialization", listen);
  const started = await start().finally(() => diagnostics.unsubscribe("fastify.initialization", listen));
  const names = noted
    .filter(({ config }) => typeof config?.audit === "string")
    .flatMap(({ method, url }) => [method].flat().map((each) => `${each} ${url}`));
  return { started, audited: new Set(names) };
}

/**
 * What is wrong with the audit of a service: a route of its authorization matrix that changes something, is not audited
 * and is not excused in `docs/authorization/unaudited.json`; or an excuse of a route that is audited or is not there.
 */
export function auditGaps(service: string, audited: ReadonlySet<string>): readonly string[] {
  const routes = [...readMatrix(service).access.keys()].filter((route) => !/^(?:GET|ANY) /.test(route));
  const excuses = excusesOf(service);
  return [
    ...routes.filter((route) => !audited.has(route) && !excuses.has(route)).map((route) => `${route} is not audited`),
    ...[...excuses]
      .filter((route) => audited.has(route) || !routes.includes(route))
      .map((route) => `${route} is excused without need`),
  ];
}

function excusesOf(service: string): ReadonlySet<string> {
  const content: unknown = JSON.parse(readFileSync(PATH, "utf8"));
  const [fault] = Value.Errors(Excuses, content);
  if (fault !== undefined) throw new Error(`docs/authorization/unaudited.json${fault.instancePath}: ${fault.message}`);
  const excuses = content as Readonly<Record<string, Readonly<Record<string, string>>>>; // checked on the line above
  return new Set(Object.keys(excuses[service] ?? {}));
}
