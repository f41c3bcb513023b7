import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";
import { eventually, listen, openStream } from "./streams.ts";

let harness: OrderingHarness;
let address: string;
beforeAll(async () => {
  harness = await startOrderingHarness();
  address = await listen(harness.service);
});
afterAll(() => harness.close());

/** The `jti` of the token in a header. */
function idOf({ authorization }: { authorization: string }): string {
  const payload = authorization.split(".")[1] ?? "";
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).jti;
}

describe("streams of a revoked token", () => {
  // Reliability AU-06: who was sent away must not go on reading for the rest of the hour.
  it("when a token is revoked, then its open stream ends within 5 s, and nobody else's", async () => {
    const [gone, other] = [await harness.as("kitchen"), await harness.as("kitchen")];
    const streams = {
      gone: await openStream(`${address}/orders/events`, gone),
      other: await openStream(`${address}/orders/events`, other),
    };
    const began = performance.now();
    harness.issuer.revoke(idOf(gone));
    await eventually(() => streams.gone.isOver());
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(streams.other.isOver()).toBe(false);
    streams.other.close();
  });

  it("when the stream was opened by a ticket, then it ends as well, and the ticket opens no other", async () => {
    const headers = await harness.as("cashier");
    const { ticket } = (await harness.call("POST", "/orders/events/ticket", { headers })).json();
    const stream = await openStream(`${address}/orders/events?ticket=${ticket}`);
    harness.issuer.revoke(idOf(headers));
    await eventually(() => stream.isOver());
    const again = await openStream(`${address}/orders/events?ticket=${ticket}`);
    expect(again.status).toBe(401);
  });
});
