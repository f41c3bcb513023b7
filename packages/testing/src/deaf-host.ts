import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

// Listens with the shortest of queues, and then never takes anybody out of it.
const LISTENER = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;
const QUEUE_MAX = 64;
const TAKEN_WITHIN_MS = 300;

/**
 * A port at which a connection never comes about: somebody listens, nobody accepts, and the queue is full, so that the
 * system leaves new callers without a word. That is what a host behind a broken firewall looks like.
 */
export async function startDeafHost(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true });
  const [port] = (await once(worker, "message")) as [number]; // what LISTENER posts
  const waiting: Socket[] = [];
  const close = async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  };
  for (;;) {
    const socket = createConnection({ port, host: "127.0.0.1" }).on("error", () => undefined);
    waiting.push(socket);
    const connected = once(socket, "connect").then(() => true);
    const silence = new Promise<false>((resolve) => setTimeout(resolve, TAKEN_WITHIN_MS, false));
    if (!(await Promise.race([connected, silence]))) return { port, close };
    if (waiting.length === QUEUE_MAX) {
      await close();
      throw new Error("this system queues without end: no deaf host can be made");
    }
  }
}
