import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStreamTickets } from "../src/http/stream-ticket.ts";
import { testConfig } from "./harness.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";
import { eventually, listen, openStream } from "./streams.ts";

let harness: OrderingHarness;
let address: string;

beforeAll(async () => {
  harness = await startOrderingHarness();
  address = await listen(harness.service);
});
afterAll(() => harness.close());

type Headers = { authorization: string };

async function ticketFor(headers: Headers): Promise<string> {
  const answer = await harness.call("POST", "/orders/events/ticket", { headers });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.json().expires_in).toBe(60);
  return answer.json().ticket;
}

async function statusOf(path: string): Promise<number> {
  const stream = await openStream(`${address}${path}`);
  stream.close();
  return stream.status;
}

describe("issue a stream ticket", () => {
  it("when a ticket is asked for with a body, then only an empty object is taken", async () => {
    const headers = await harness.as("customer");
    const ask = async (payload: unknown) =>
      (await harness.call("POST", "/orders/events/ticket", { headers, payload })).statusCode;
    expect(await ask({})).toBe(200);
    expect(await ask({ expires_in: 3600 })).toBe(422);
    expect(await ask([])).toBe(422);
  });

  it("when a browser has one, then it opens the streams its caller may open, and no other", async () => {
    const headers = await harness.as({ role: "customer", level: "anonymous", subject: newId() });
    const own = await harness.placed({}, headers);
    const foreign = await harness.placed();
    const ticket = await ticketFor(headers);
    const stream = await openStream(`${address}/orders/${own.id}/events?ticket=${ticket}`);
    await eventually(() => stream.events.length > 0);
    stream.close();
    expect(await statusOf(`/orders/${foreign.id}/events?ticket=${ticket}`)).toBe(404);
    expect(await statusOf(`/orders/events?ticket=${ticket}`)).toBe(403);
    const refused = await harness.call("GET", "/orders/events", { headers });
    expect(refused.headers["www-authenticate"]).toBe('Bearer error="insufficient_scope"');
    expect(await statusOf(`/orders/events?ticket=${await ticketFor(await harness.as("cashier"))}`)).toBe(200);
  });

  it("when it is used for anything but a stream, then it is no token", async () => {
    const ticket = await ticketFor(await harness.as("admin"));
    const answer = await harness.call("GET", "/orders", { headers: { authorization: `Bearer ${ticket}` } });
    expect(answer.statusCode).toBe(401);
    expect((await harness.call("GET", `/orders?ticket=${ticket}`)).statusCode).toBe(401);
  });

  it("when its minute is over, then 401", async () => {
    const ticket = await ticketFor(await harness.as("admin"));
    harness.clock.advanceSeconds(59);
    expect(await statusOf(`/orders/events?ticket=${ticket}`)).toBe(200);
    harness.clock.advanceSeconds(1);
    expect(await statusOf(`/orders/events?ticket=${ticket}`)).toBe(401);
  });

  it("when it was altered, cut, or made with another secret, then 401", async () => {
    const ticket = await ticketFor(await harness.as("kitchen"));
    const [payload = "", signature = ""] = ticket.split(".");
    const content = JSON.parse(Buffer.from(payload, "base64url").toString());
    const raised = Buffer.from(JSON.stringify({ ...content, role: "admin" })).toString("base64url");
    const stranger = createStreamTickets({ secret: "another-secret-0123456789", clock: harness.clock }).issue({
      id: newId(),
      role: "admin",
      level: null,
      kind: null,
      deviceId: null,
      clientId: "test",
      acr: null,
      scope: "",
      tokenId: newId(),
      keyId: "0",
      issuedAt: new Date(),
      expiresAt: new Date("2027-01-01"),
    });
    const forged = [
      `${raised}.${signature}`,
      payload,
      `${payload}.`,
      `.${signature}`,
      `${ticket}.x`,
      stranger,
      "x",
      ".",
    ];
    for (const each of forged) expect(await statusOf(`/orders/events?ticket=${encodeURIComponent(each)}`)).toBe(401);
  });

  // An address ends up in logs and histories; only what dies within a minute may stand there.
  it("when an access token stands in the address, then it is refused under every name", async () => {
    const { authorization } = await harness.as("admin");
    const token = authorization.slice("Bearer ".length);
    expect(await statusOf(`/orders/events?ticket=${token}`)).toBe(401);
    for (const name of ["access_token", "token", "authorization"]) {
      expect(await statusOf(`/orders/events?${name}=${token}`)).toBe(422);
    }
    expect(await statusOf("/orders/events")).toBe(401);
  });

  it("when another process has the same secret, then it reads the ticket", async () => {
    const ticket = await ticketFor(await harness.as("manager"));
    const { ORDER_CLIENT_SECRET: secret } = testConfig();
    const caller = createStreamTickets({ secret, clock: harness.clock }).read(ticket);
    expect(caller).toMatchObject({ role: "manager", level: null, kind: null });
  });

  it("when the secret is changed meanwhile, then the ticket is good as long as the former one is set", async () => {
    const ticket = await ticketFor(await harness.as("manager"));
    const { ORDER_CLIENT_SECRET: previousSecret } = testConfig();
    const secret = "the-next-secret-of-order-0123456789";
    const { clock } = harness;
    const both = createStreamTickets({ secret, previousSecret, clock });
    const caller = both.read(ticket);
    expect(caller).toMatchObject({ role: "manager" });
    if (caller === null) throw new Error("the ticket was not read");
    const alone = createStreamTickets({ secret, clock });
    expect(alone.read(ticket)).toBeNull();
    expect(alone.read(both.issue(caller))).toMatchObject({ role: "manager" });
  });
});
