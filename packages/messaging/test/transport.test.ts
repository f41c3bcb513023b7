import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { newId } from "@comanda/primitives";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpTransport, type OutgoingEvent, receiveBatch } from "../src/index.ts";

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

/** A receiver on a real port that answers what `answer` makes of the batch; keeps what it was sent. */
async function receiver(answer: (batch: { id: string }[]) => { status: number; body: string }) {
  const requests: { headers: Record<string, unknown>; batch: Record<string, unknown>[] }[] = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const batch = JSON.parse(Buffer.concat(parts).toString());
      requests.push({ headers: request.headers, batch });
      const { status, body } = answer(batch);
      response.writeHead(status, { "content-type": "application/json" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server always has one
  return { requests, url: new URL(`http://127.0.0.1:${port}/events`) };
}

const event = (data: unknown = {}): OutgoingEvent => ({
  id: newId(),
  type: "comanda.order.payment_requested",
  subject: newId(),
  time: new Date("2026-01-15T12:00:00.000Z"),
  data,
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
});

const transportTo = (url: URL | null, token = async () => "service-token") =>
  createHttpTransport({ source: "/order", routeOf: () => url, token });

describe("HTTP transport", () => {
  it("when events go out, then they are CloudEvents in batches, with the service's token", async () => {
    const { requests, url } = await receiver((batch) => ({
      status: 200,
      body: JSON.stringify({ results: batch.map(({ id }) => ({ id, outcome: "done" })) }),
    }));
    const events = Array.from({ length: 45 }, (_, n) => event({ n }));
    const answers = await transportTo(url)(events);
    expect([...answers.values()].every(({ outcome }) => outcome === "done")).toBe(true);
    expect(answers.size).toBe(45);
    expect(requests.map(({ batch }) => batch.length).sort()).toEqual([20, 20, 5].sort());
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/cloudevents-batch+json",
      authorization: "Bearer service-token",
    });
    expect(requests.flatMap(({ batch }) => batch).find(({ id }) => id === events[0]?.id)).toEqual({
      specversion: "1.0",
      id: events[0]?.id,
      source: "/order",
      type: "comanda.order.payment_requested",
      subject: events[0]?.subject,
      time: "2026-01-15T12:00:00.000Z",
      datacontenttype: "application/json",
      traceparent: events[0]?.traceparent,
      data: { n: 0 },
    });
  });

  it("when the receiver refuses the token, then that is told, so that the next try has another", async () => {
    const { url } = await receiver(() => ({ status: 401, body: "{}" }));
    const refused: string[] = [];
    const options = { source: "/order", routeOf: () => url, onTokenRefused: (token: string) => refused.push(token) };
    const deliver = createHttpTransport({ ...options, token: async () => "service-token" });
    const sent = event();
    expect((await deliver([sent])).get(sent.id)).toMatchObject({ outcome: "retry" });
    expect(refused).toEqual(["service-token"]);
  });

  it("when the receiver answers for each event, then each gets its own answer", async () => {
    const [good, bad, later, forgotten] = [event(), event(), event(), event()];
    const { url } = await receiver(() => ({
      status: 200,
      body: JSON.stringify({
        results: [
          { id: good.id, outcome: "done" },
          { id: bad.id, outcome: "park", reason: "no shape" },
          { id: later.id, outcome: "retry", reason: "busy" },
          null,
          { outcome: "done" },
        ],
      }),
    }));
    const answers = await transportTo(url)([good, bad, later, forgotten]);
    expect(answers.get(good.id)).toEqual({ outcome: "done" });
    expect(answers.get(bad.id)).toEqual({ outcome: "park", reason: "no shape" });
    expect(answers.get(later.id)).toEqual({ outcome: "retry", reason: "busy" });
    expect(answers.get(forgotten.id)).toBeUndefined();
  });

  it.each([
    [500, "{}"],
    [401, "{}"],
    [200, "<html>"],
    [302, ""],
  ])("when the receiver answers %i %s, then all is tried again", async (status, body) => {
    const { url } = await receiver(() => ({ status, body }));
    const sent = event();
    expect((await transportTo(url)([sent])).get(sent.id)?.outcome).toBe("retry");
  });

  it("when nobody listens or no token can be had, then all is tried again and nothing is thrown", async () => {
    const sent = event();
    expect((await transportTo(new URL("http://127.0.0.1:9/events"))([sent])).get(sent.id)?.outcome).toBe("retry");
    const { url } = await receiver(() => ({ status: 200, body: "{}" }));
    const noToken = async () => {
      throw new Error("auth is away");
    };
    expect((await transportTo(url, noToken)([sent])).get(sent.id)).toEqual({
      outcome: "retry",
      reason: "auth is away",
    });
  });

  it("when nobody wants a type, then it is done", async () => {
    const sent = event();
    expect((await transportTo(null)([sent])).get(sent.id)).toEqual({ outcome: "done" });
  });
});

describe("receive a batch", () => {
  const parse = (input: unknown) =>
    typeof input === "object" && input !== null && "subject" in input
      ? ({ ok: true, value: input as { id: string; subject: string; step: number } } as const) // the test's own shape
      : ({ ok: false, refusal: "no shape" } as const);

  it("when one event is bad and one fails, then the others take effect, in order for their subject", async () => {
    const handled: string[] = [];
    const errors: unknown[] = [];
    const results = await receiveBatch({
      batch: [
        { id: "1", subject: "a", step: 1 },
        { id: "2", subject: "a", step: 2 },
        { id: "3", nonsense: true },
        { id: "4", subject: "b", step: 1 },
        "text",
      ],
      parse,
      subjectOf: ({ subject }) => subject,
      handle: async ({ subject, step }) => {
        await new Promise((resolve) => setTimeout(resolve, subject === "a" ? 10 / step : 0));
        if (subject === "b") throw new Error("database away");
        handled.push(`${subject}${step}`);
      },
      onError: (error) => errors.push(error),
    });
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "park", "retry", "park"]);
    expect(handled).toEqual(["a1", "a2"]);
    expect(errors).toHaveLength(1);
  });
});
