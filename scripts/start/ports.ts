import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { PortName, Settings } from "./settings.ts";
import { codeOf, reasonOf, StartFailure } from "./start-failure.ts";

const pollMs = 100;
// Processes of a start that was killed notice it, and let go of their ports within moments.
const patienceAfterCrashMs = 8_000;

/**
 * Makes sure that every port can be had, before anything is started.
 *
 * @throws StartFailure that names the port and its variable
 */
export async function checkPorts(settings: Settings, options: { readonly isAfterCrash: boolean }): Promise<void> {
  const deadline = performance.now() + (options.isAfterCrash ? patienceAfterCrashMs : 0);
  // Object.entries forgets the key type.
  for (const [name, port] of Object.entries(settings.ports) as [PortName, number][]) {
    if (name === "SANDBOX_PORT" && !settings.usesSandbox) continue;
    for (;;) {
      const error = await tryToListen({ host: settings.host, port });
      if (error === undefined) break;
      if (codeOf(error) !== "EADDRINUSE" || performance.now() > deadline) throw explain({ name, port, error });
      await delay(pollMs);
    }
  }
}

async function tryToListen(address: { host: string; port: number }): Promise<unknown> {
  const server = createServer();
  try {
    server.listen({ ...address, exclusive: true });
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return undefined;
  } catch (error) {
    return error;
  }
}

function explain({ name, port, error }: { name: PortName; port: number; error: unknown }): StartFailure {
  const example = `${name}=${port + 10_000 > 65_535 ? port - 10_000 : port + 10_000}`;
  if (codeOf(error) === "EADDRINUSE") {
    return new StartFailure({
      pt: `A porta ${port} (${name}) já está em uso; libere-a ou escolha outra, por exemplo ${example} npm start.`,
      en: `Port ${port} (${name}) is in use; free it or choose another, for example ${example} npm start.`,
    });
  }
  return new StartFailure({
    pt: `Não é possível usar a porta ${port} (${name}): ${reasonOf(error)}.`,
    en: `Port ${port} (${name}) cannot be used: ${reasonOf(error)}.`,
  });
}
