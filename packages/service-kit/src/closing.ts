import type { FastifyInstance } from "fastify";

const LOOK_FOR_IDLE_MS = 50;

/**
 * Connections are kept alive for longer than a service has to end. Node closes those that are idle when it begins to
 * close; one that was just waiting for its answer would hold the service open for as long as its client likes.
 */
export function endConnectionsWhenClosing(app: FastifyInstance): void {
  app.addHook("preClose", (done) => {
    if (app.server.listening) {
      const timer = setInterval(() => app.server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
      app.server.once("close", () => clearInterval(timer));
    }
    done();
  });
}
