import { buildService, type Log, type Runnable } from "@comanda/service-kit";
import type { Config } from "./config.ts";
import { forwardTo } from "./http/forward.ts";
import { showFrontPage } from "./http/show-front-page.ts";
import { showStatus } from "./http/show-status.ts";
import { proxiedPaths, upstreamsOf } from "./upstreams.ts";

/** One origin for everything: the first page, and the doors of the three services. It decides nothing itself. */
export async function buildApp(deps: { readonly config: Config; readonly log: Log }): Promise<Runnable> {
  const { app, leave } = await buildService({
    name: "gateway",
    title: "Comanda: gateway",
    description: "One origin: serves the pages and forwards the API.",
    version: "0.1.0",
    log: deps.log,
    verifyToken: null,
    trustedProxies: deps.config.TRUSTED_PROXY_HOPS,
    // A service that is away is answered for door by door (503); it is no reason to take the whole origin away.
    readiness: [],
  });
  const upstreams = upstreamsOf(deps.config);
  for (const { from, to, url } of proxiedPaths(upstreams)) await forwardTo(app, { from, to, url });
  showStatus(app, upstreams);
  showFrontPage(app, upstreams);
  return { app, leave, log: deps.log, close: async () => {} };
}
