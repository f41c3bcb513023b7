import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { makeRequestDurations } from "./request-durations.ts";

const answered = fc.record({
  method: fc.constantFrom("GET", "POST"),
  route: fc.constantFrom("/auth", "/orders/:id", "unknown"),
  status: fc.constantFrom(200, 201, 404, 409, 503),
  // The bounds themselves too: a value on one belongs below it.
  ms: fc.oneof(fc.constantFrom(0, 5, 10, 750, 10_000), fc.double({ min: 0, max: 20_000, noNaN: true })),
});

/** The lines of a registry's text, and the labels in them, in an order of their own. */
async function linesOf(registry: Registry) {
  const lines = (await registry.metrics()).trim().split("\n");
  return lines.map((line) => line.split(/[{},]/).sort().join()).sort();
}

describe("the histogram of request durations", () => {
  it("when requests are noted, then it says what the library's own would say of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(answered, { maxLength: 60 }), async (all) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const note = makeRequestDurations(ours);
        const library = new Histogram({
          name: "http_server_request_duration_seconds",
          help: "Duration of HTTP requests by route and class of status",
          labelNames: ["method", "route", "status"],
          buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
          registers: [theirs],
        });
        for (const one of all) {
          note(one);
          library.observe(
            { method: one.method, route: one.route, status: `${String(one.status)[0]}xx` },
            one.ms / 1000,
          );
        }
        expect(await linesOf(ours)).toEqual(await linesOf(theirs));
      }),
    );
  });
});
