import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP hop that a test can cut, as a cable would be. */
export type CuttableProxy = {
  readonly port: number;
  readonly cut: () => void;
  readonly restore: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Listens on a free port of 127.0.0.1 and passes everything to `target`. */
export async function startCuttableProxy(target: { host: string; port: number }): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  const join = (client: Socket): void => {
    const upstream = connect(target);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      // A cut shows as an error on one side; both sides end together.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  };
  let server = await listen(join, 0);
  const { port } = server.address() as AddressInfo; // a TCP server that listens has this form of address
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut,
    restore: async () => {
      if (server.listening) return;
      server = await listen(join, port);
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      cut();
      await closed;
    },
  };
}

async function listen(join: (client: Socket) => void, port: number): Promise<Server> {
  const server = createServer(join);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}
