import { connect } from "node:net";
import type { Outcome, Trial } from "./corpus/entry.ts";
import type { House } from "./house-shape.ts";
import { SERVICES } from "./operations.ts";

const PATIENCE_MS = 15_000;

/** Says bytes to every service on a connection of their own. */
export async function tryBytes(house: House, { bytes, expect }: Extract<Trial, { bytes: unknown }>): Promise<Outcome> {
  const faults: string[] = [];
  let tries = 0;
  for (const service of SERVICES) {
    const { port, host } = new URL(house.urlOf(service));
    for (const text of bytes) {
      tries += 1;
      const status = await speak(Number(port), text.replaceAll("HOST", host));
      if (expect === "taken" || !expect.includes(status))
        faults.push(`${service} answered ${status} to ${JSON.stringify(text.slice(0, 120))}`);
    }
  }
  return { tries, faults };
}

/** The status of the first answer; 0 when the connection ended without one. */
function speak(port: number, text: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let heard = "";
    const end = () => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? 0));
    };
    socket.setTimeout(PATIENCE_MS, end);
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (heard.includes("\r\n\r\n")) end();
    });
    socket.on("error", end);
    socket.on("close", end);
  });
}
