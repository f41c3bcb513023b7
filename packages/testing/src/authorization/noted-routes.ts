import diagnostics from "node:diagnostics_channel";
import type { App } from "@comanda/service-kit";
import { declared } from "./matrix.ts";

type NotedRoute = {
  readonly method: string | string[];
  readonly url: string;
  config?: { access?: unknown; audit?: unknown };
  readonly schema?: { readonly querystring?: unknown };
};

/** What runs: routes as `METHOD pattern` → access, and the names of the ids by which each may be filtered. */
export type NotedRoutes = {
  readonly routes: ReadonlyMap<string, string>;
  readonly filters: ReadonlyMap<string, readonly string[]>;
  /** The routes that write an entry into the audit trail. */
  readonly audited: ReadonlySet<string>;
};

/**
 * Runs `start` and notes every route that the service registers meanwhile, with the access it declares: what really
 * runs, whatever the documents say.
 * @returns what `start` gave, and the routes
 */
export async function noteRoutes<Started>(
  start: () => Promise<Started>,
): Promise<NotedRoutes & { readonly started: Started }> {
  const noted: NotedRoute[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: App }; // what Fastify documents for this channel
    fastify.addHook("onRoute", (route) => void noted.push(route));
  };
  diagnostics.subscribe("fastify.initialization", listen);
  const started = await start().finally(() => diagnostics.unsubscribe("fastify.initialization", listen));
  const filters = noted.flatMap((route) => namesOf(route).map(([name]) => [name, idFiltersOf(route)] as const));
  const audited = noted.filter(({ config }) => typeof config?.audit === "string").flatMap(namesOf);
  return {
    started,
    routes: new Map(noted.flatMap(namesOf)),
    filters: new Map(filters),
    audited: new Set(audited.map(([name]) => name)),
  };
}

function idFiltersOf({ schema }: NotedRoute): readonly string[] {
  const properties: Readonly<Record<string, { readonly format?: unknown }>> = Object(
    Object(schema?.querystring).properties,
  );
  return Object.keys(properties).filter((name) => properties[name]?.format === "uuid");
}

/**
 * Read only now: a plugin may set a route's access after the first hook saw it. A route without access is no route of a
 * service, which would not have started, but of something else in this process, such as the sandbox.
 */
function namesOf({ method, url, config }: NotedRoute): (readonly [string, string])[] {
  const methods = [method].flat().filter((each) => each !== "HEAD");
  const access = config?.access;
  if (typeof access !== "string" && !Array.isArray(access)) return [];
  const words = declared(ownWords(access));
  // A path that is forwarded takes every method and decides nothing.
  return methods.length > 3 ? [[`ANY ${url}`, words]] : methods.map((each) => [`${each} ${url}`, words]);
}

function ownWords(access: string | readonly string[]): string | readonly string[] {
  return typeof access === "string" ? access : access.map((grant) => (grant === "customer" ? "customers" : grant));
}
