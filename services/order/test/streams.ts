import type { AddressInfo } from "node:net";
import { waitFor } from "@comanda/testing";
import type { OrderService } from "../src/app.ts";

export type ReceivedEvent = { readonly id: string; readonly name: string; readonly data: Record<string, unknown> };

/** A reader of Server-Sent Events, as a browser would be, but with the headers a test wants. */
export type StreamReader = {
  readonly status: number;
  readonly headers: Headers;
  readonly events: readonly ReceivedEvent[];
  readonly isOver: () => boolean;
  /** The body, for a stream that was refused. */
  readonly problem: () => Promise<{ code: string }>;
  readonly close: () => void;
};

/**
 * Waits for something of a stream. Patiently: a change is held back while an older transaction runs anywhere on the
 * server, and other test files clone and drop databases on the same one.
 */
export async function eventually<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  return waitFor(condition, { timeoutMs: 20_000 });
}

/** Lets the service listen, and says where. */
export async function listen(service: OrderService): Promise<string> {
  await service.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = service.app.server.address() as AddressInfo; // it listens on TCP
  return `http://127.0.0.1:${port}`;
}

export async function openStream(url: string, headers: Record<string, string> = {}): Promise<StreamReader> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: ReceivedEvent[] = [];
  let over = false;
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (isStream && response.body !== null) {
    collect(response.body, events).then(
      () => {
        over = true;
      },
      () => {
        over = true;
      },
    );
  }
  return {
    status: response.status,
    headers: response.headers,
    events,
    isOver: () => over,
    problem: async () => (await response.json()) as { code: string }, // a test looks at it
    close: () => abort.abort(),
  };
}

async function collect(body: ReadableStream<Uint8Array>, events: ReceivedEvent[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const event = parse(text.slice(0, end));
      if (event !== null) events.push(event);
      text = text.slice(end + 2);
    }
  }
}

function parse(block: string): ReceivedEvent | null {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
  const name = field("event");
  const data = field("data");
  return name === undefined || data === undefined ? null : { id: field("id") ?? "", name, data: JSON.parse(data) };
}
