import { newId } from "@comanda/primitives";
import type { Role } from "@comanda/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

const ID = "01900000-0000-7000-8000-000000000000";
/** Where something can be sent, and by whom. */
const SENDERS: readonly (readonly [path: string, role: Role, method: "POST" | "PUT"])[] = [
  ["/payments/", "service", "POST"],
  ["/payments/:id/cancel", "admin", "POST"],
  ["/payments/:id/refunds", "admin", "POST"],
  ["/payments/:id/refunds/:refund_id/retry", "admin", "POST"],
  ["/payments/:id/receive", "cashier", "POST"],
  ["/payments/points_of_sale/:device_id", "admin", "PUT"],
  ["/payments/reconciliations", "admin", "POST"],
  ["/events", "service", "POST"],
  ["/events/parked/:id/retry", "admin", "POST"],
];

describe("the documents", () => {
  it("when routes are documented, then each has its name, its errors and an example of each", async () => {
    const document = (await harness.service.app.inject({ url: "/openapi.json" })).json();
    const operations = Object.values(
      document.paths as Record<string, Record<string, { operationId?: string; responses: object }>>,
    )
      .flatMap((methods) => Object.values(methods))
      .filter(({ operationId }) => operationId !== undefined);
    expect(operations.length).toBeGreaterThan(20);
    for (const operation of operations) expect(Object.keys(operation.responses)).toContain("500");
    expect(document.openapi).toBe("3.1.0");
  });
});

/** What nobody should send, to every route that takes something. */
const NONSENSE: readonly unknown[] = [
  null,
  [],
  {},
  "x",
  1,
  true,
  { amount_cents: -1 },
  { amount_cents: 1.5 },
  { amount_cents: 9e20 },
  { tender: "gold" },
  { tender: "cash", received_cents: "5000" },
  { tender: "cash", received_cents: -1 },
  { order_id: "1" },
  { method: "qr" },
  { reason: "\u0000" },
  { date: "2026-02-30" },
  { date: 20260310 },
  { reason: 1 },
  { unknown: true },
  { terminal_id: "a b" },
  { external_pos_id: 1, terminal_id: {} },
  [[[[]]]],
  [{ id: 1 }],
  [null],
];

describe("bad input", () => {
  it.each(SENDERS)("when %s gets nonsense from a %s, then it is the sender's mistake", async (path, role, method) => {
    const charge = await harness.request({ method: "counter", id: newId(), order_id: newId() });
    for (const body of NONSENSE) {
      for (const type of ["application/json", "application/cloudevents-batch+json", "text/plain"]) {
        const answer = await harness.service.app.inject({
          method,
          url: path.replace(":id", charge.id).replace(/:\w+/g, ID),
          headers: { authorization: await harness.bearer(role), "content-type": type },
          payload: JSON.stringify(body),
        });
        expect(answer.statusCode).toBeLessThan(500);
      }
    }
    for (const payload of ['{"', "", '{"__proto__":{}}', "\u0000"]) {
      const answer = await harness.service.app.inject({
        method,
        url: path.replace(":id", charge.id).replace(/:\w+/g, ID),
        headers: { authorization: await harness.bearer(role), "content-type": "application/json" },
        payload,
      });
      expect(answer.statusCode).toBeLessThan(500);
    }
  });

  it("when the charge asked for is wrong in many ways, then every way is listed, in both languages", async () => {
    const body = {
      order_id: "1",
      attempt: 0,
      amount_cents: 0,
      method: "gold",
      description: " ",
      items: [{}],
      extra: 1,
    };
    const portuguese = await harness.call("POST", "/payments/", { as: "service", body });
    expect(portuguese.json()).toMatchObject({ status: 422, title: "Dados inválidos" });
    const paths = portuguese.json().errors.map(({ path }: { path: string }) => path);
    for (const path of ["/order_id", "/attempt", "/amount_cents", "/method", "/description", "/extra"]) {
      expect(paths).toContain(path);
    }
    const english = await harness.call("POST", "/payments/", {
      as: "service",
      body,
      headers: { "accept-language": "en" },
    });
    expect(english.json().title).toBe("Invalid data");
  });
});

describe("readiness", () => {
  it("when the database answers, then ready; and the figures are there", async () => {
    expect((await harness.service.app.inject({ url: "/ready" })).json()).toMatchObject({ status: "ready" });
    const figures = (await harness.service.app.inject({ url: "/metrics" })).body;
    for (const name of ["payment_charges_waiting", "payment_notices_waiting", "payment_oldest_unsent_event_seconds"]) {
      expect(figures).toContain(name);
    }
  });
});
