import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Harness, orderEvent, startHarness } from "./harness.ts";
import { setUpTerminal } from "./terminal-harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
});
afterAll(() => harness.close());
afterEach(async () => {
  harness.proxy.refuse(null);
  harness.proxy.tamper(null);
  await harness.clearFaults();
});

const cancel = (id: string) => harness.call("POST", `/payments/${id}/cancel`, { as: "service" });
const detailBecomes = (id: string, detail: string | null) =>
  waitFor(async () => ((await harness.store.get(id))?.detail === detail ? true : null), {
    timeoutMs: 15_000,
    description: `charge ${id} to say ${detail}`,
  });
/** The last event of an order that was sent, as order hears it. */
const toldOf = (orderId: string) =>
  harness.receiver.events
    .map((event) => event["data"] as Record<string, unknown>) // what the service under test said
    .filter((data) => data["order_id"] === orderId)
    .at(-1);

describe("a charge at a card terminal", () => {
  it("when it is approved there, then it is paid, and the answers said what to do", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    expect(charge).toMatchObject({
      status: "pending",
      method: "terminal",
      detail: "sent_to_terminal",
      terminal_id: terminal.terminalId,
      device_id: terminal.deviceId,
      qr_code: null,
    });
    expect(charge.instruction).toContain("enviada à maquininha");
    await terminal.fetch();
    await detailBecomes(charge.id, "at_terminal");
    const read = await harness.call("GET", `/payments/${charge.id}`, { as: "cashier" });
    expect(read.json()).toMatchObject({ status: "pending", instruction: "Siga as instruções na maquininha." });
    await waitFor(() => (toldOf(charge.order_id)?.["detail"] === "at_terminal" ? true : null));
    await terminal.act("approve", { method: "debit_card" });
    await harness.becomes(charge.id, "approved");
    const paid = (await harness.call("GET", `/payments/${charge.id}`, { as: "cashier" })).json();
    expect(paid).toMatchObject({ status: "approved", detail: null, instruction: null });
    expect(await harness.ledgerOf(charge.id)).toMatchObject([{ kind: "order", times_paid: 1 }]);
  });

  it("when a guest reads their own charge, then they see the instruction and no ids", async () => {
    const terminal = await setUpTerminal(harness);
    const customer = newId();
    const charge = await terminal.request({ customer_id: customer });
    const as = { role: "customer", subject: customer, level: "registered" } as const;
    const read = (await harness.call("GET", `/payments/${charge.id}`, { as })).json();
    expect(read).toMatchObject({ detail: "sent_to_terminal", terminal_id: null, device_id: null, provider_id: null });
  });

  it.each(["insufficient_amount", "rejected_by_issuer", "high_risk", "card_disabled"])(
    "when the card is refused with %s, then the attempt is over and says why in words",
    async (reason) => {
      const terminal = await setUpTerminal(harness);
      const charge = await terminal.request();
      await terminal.act("refuse", { reason });
      const refused = await harness.becomes(charge.id, "rejected");
      expect(refused?.detail).toBe(reason);
      await waitFor(() => (toldOf(charge.order_id)?.["detail"] === reason ? true : null));
      // The terminal is free for the next attempt.
      const next = await terminal.request({ order_id: charge.order_id, attempt: 2, id: newId() });
      expect(next.status).toBe("pending");
    },
  );

  it("when somebody cancels at the terminal, then the charge is cancelled", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("cancel");
    expect((await harness.becomes(charge.id, "cancelled"))?.detail).toBe("canceled_on_terminal");
  });

  it("when the notices of it are lost, then it is known all the same", async () => {
    const terminal = await setUpTerminal(harness);
    await harness.faults({ webhooks: "drop" });
    const [paid, refused] = [await terminal.request(), await setUpTerminal(harness)];
    const other = await refused.request();
    await terminal.act("approve");
    await refused.act("refuse");
    await harness.becomes(paid.id, "approved", 15_000);
    await harness.becomes(other.id, "rejected", 15_000);
  });

  it("when the answer to it is lost, then it is asked for again with the same key, and there is one order", async () => {
    const terminal = await setUpTerminal(harness);
    await harness.faults({ timeout_after_commit_rate: 1 });
    const charge = await terminal.request();
    expect(charge.status).toBe("created");
    await harness.clearFaults();
    await harness.becomes(charge.id, "pending", 15_000);
    expect(await harness.ledgerOf(charge.id)).toHaveLength(1);
  });

  it("when the guest adds a tip, then the charge is paid with its own amount, and goes back with it", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("approve", { tip_cents: 500 });
    await harness.becomes(charge.id, "approved");
    await harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin" });
    expect(await harness.becomes(charge.id, "refunded", 15_000)).toMatchObject({ refundedCents: 4290 });
  });

  it("when a part of what was paid with a tip is to go back, then it fails aloud, and all of it still can", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("approve", { tip_cents: 500 });
    await harness.becomes(charge.id, "approved");
    const refund = (body?: unknown) => harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin", body });
    harness.proxy.refuse(({ method, path }) =>
      method === "POST" && path.endsWith("/refund")
        ? { status: 403, body: { errors: [{ code: "partial_refund_forbidden_with_tips", message: "" }] } }
        : null,
    );
    await refund({ amount_cents: 1_000 });
    await waitFor(async () => ((await harness.store.get(charge.id))?.refunds[0]?.status === "failed" ? true : null));
    expect(harness.lines.some((line) => line.includes("refund-failed") && line.includes(charge.id))).toBe(true);
    expect(await harness.statusOf(charge.id)).toBe("approved");
    harness.proxy.refuse(null);
    await refund();
    expect(await harness.becomes(charge.id, "refunded", 15_000)).toMatchObject({ refundedCents: 4290 });
  });

  it("when the terminal took a wrong amount, then the attempt is over and all of it goes back", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    harness.proxy.tamper((_call, { body }) =>
      typeof body === "object" && body !== null && Reflect.get(body, "total_paid_amount") !== undefined
        ? { ...body, total_paid_amount: "42.00" }
        : body,
    );
    await terminal.act("approve");
    expect(await harness.becomes(charge.id, "rejected", 15_000)).toMatchObject({
      approvedAt: null,
      detail: "wrong_amount",
    });
    await expect
      .poll(async () => (await harness.ledgerOf(charge.id))[0]?.refunded_cents, { timeout: 15_000 })
      .toBe(4290);
  });

  it("when it was paid, then it is refunded by its order, in part and whole", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("approve");
    await harness.becomes(charge.id, "approved");
    const refund = (amount_cents?: number) =>
      harness.call("POST", `/payments/${charge.id}/refunds`, { as: "admin", body: { amount_cents } });
    await refund(1_000);
    await harness.becomes(charge.id, "partially_refunded", 15_000);
    await refund();
    await harness.becomes(charge.id, "refunded", 15_000);
    expect(await harness.ledgerOf(charge.id)).toMatchObject([{ refunded_cents: 4290 }]);
  });
});

describe("one charge at a terminal at a time", () => {
  it("when another charge is there, then the second waits its turn and says so", async () => {
    const terminal = await setUpTerminal(harness);
    const [first, second] = [await terminal.request(), await terminal.request()];
    expect(second).toMatchObject({ status: "created", detail: "waiting_for_terminal" });
    expect(second.instruction).toContain("ocupada");
    const seen = await harness.call("GET", `/payments/points_of_sale/${terminal.deviceId}`, { as: "service" });
    expect(seen.json().terminal_busy_with).toEqual({ order_id: first.order_id, payment_id: first.id });
    await terminal.act("approve");
    await harness.becomes(first.id, "approved");
    expect((await harness.becomes(second.id, "pending", 15_000))?.detail).toBe("sent_to_terminal");
  });

  it("when the one that waits is given up, then it is over at once and never reaches the terminal", async () => {
    const terminal = await setUpTerminal(harness);
    await terminal.request();
    const second = await terminal.request();
    expect((await cancel(second.id)).json()).toMatchObject({ status: "cancelled", detail: null });
    expect(await harness.ledgerOf(second.id)).toEqual([]);
  });

  it("when the device has no terminal, or no device is named, then the charge has failed and says so", async () => {
    for (const device_id of [newId(), null]) {
      const charge = await harness.request({ method: "terminal", device_id });
      expect(charge).toMatchObject({ status: "failed", detail: "terminal_unavailable" });
    }
  });

  it("when the provider refuses the terminal, then the charge has failed and says so", async () => {
    const terminal = await setUpTerminal(harness);
    harness.proxy.refuse(({ method, path }) =>
      method === "POST" && path === "/v1/orders"
        ? { status: 403, body: { errors: [{ code: "forbidden_checking_terminal_owner", message: "no" }] } }
        : null,
    );
    expect(await terminal.request()).toMatchObject({ status: "failed", detail: "terminal_unavailable" });
  });
});

describe("a charge at a terminal is given up", () => {
  it("when the terminal is off, then it is closed at once", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    const answer = await cancel(charge.id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: "cancelled", instruction: null });
    expect((await terminal.act("approve")).status).toBe(409);
  });

  it("when the terminal shows it and answers at once, then it is closed", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.fetch();
    const answer = await cancel(charge.id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json().status).toBe("cancelled");
  });

  it("when the terminal takes its time, then 202 and still open, and cancelled once it has answered", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.fetch();
    await harness.faults({ terminal_delay_ms: 4_000 });
    const answer = await cancel(charge.id);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ status: "pending", detail: "cancellation_requested" });
    expect(answer.headers["retry-after"]).toBe("2");
    await harness.becomes(charge.id, "cancelled", 15_000);
  });

  // Under the key of the first time the provider would repeat its first answer, and the terminal would never be asked.
  it("when it is asked again, then the terminal is really asked again", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.fetch();
    const keys: string[] = [];
    harness.proxy.refuse(({ method, path }) => {
      if (method === "POST" && path.endsWith("/cancel")) keys.push(path);
      return method === "POST" && path.endsWith("/cancel") && keys.length === 1
        ? { status: 409, body: { errors: [{ code: "cannot_cancel_order", message: "" }] } }
        : null;
    });
    expect((await cancel(charge.id)).statusCode).toBe(503);
    expect((await cancel(charge.id)).json().status).toBe("cancelled");
  });

  it("when the guest pays while the terminal is asked to give it up, then it is paid", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.fetch();
    await harness.faults({ terminal_delay_ms: 10_000, webhooks: "drop" });
    const [answer] = await Promise.all([cancel(charge.id), terminal.act("approve")]);
    expect([202, 409]).toContain(answer.statusCode);
    await harness.becomes(charge.id, "approved", 15_000);
  });

  it("when the order no longer wants it and the guest pays meanwhile, then the money goes back", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.fetch();
    await harness.faults({ terminal_delay_ms: 10_000 });
    const event = orderEvent("payment_cancelled", {
      payment_id: charge.id,
      order_id: charge.order_id,
      reason: "order_cancelled",
    });
    // The terminal has not answered: the event is to come again.
    expect((await harness.sendEvents([event])).json().results[0].outcome).toBe("retry");
    await terminal.act("approve");
    await harness.becomes(charge.id, "approved");
    expect((await harness.sendEvents([event])).json().results[0].outcome).toBe("done");
    await harness.becomes(charge.id, "refunded", 15_000);
  });
});

describe("somebody must look at the terminal", () => {
  it("when nobody finishes at the terminal, then staff read what to do, and people are told", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("walk_away");
    expect((await harness.becomes(charge.id, "in_process"))?.detail).toBe("check_on_terminal");
    const read = (await harness.call("GET", `/payments/${charge.id}`, { as: "cashier" })).json();
    expect(read.instruction).toMatch(/^Siga as instruções na maquininha/);
    expect(harness.lines.some((line) => line.includes("terminal-unclear") && line.includes(charge.id))).toBe(true);
    // They have looked, and the card was not charged.
    expect((await cancel(charge.id)).json().status).toBe("cancelled");
    expect((await terminal.request()).status).toBe("pending");
  });

  it("when the provider later says that the card was charged, then it is paid", async () => {
    const terminal = await setUpTerminal(harness);
    const charge = await terminal.request();
    await terminal.act("walk_away");
    await harness.becomes(charge.id, "in_process");
    const paid = { status: "processed", total_paid_amount: "42.90", last_updated_date: new Date().toISOString() };
    harness.proxy.tamper((_call, { body }) =>
      typeof body === "object" && body !== null && Reflect.get(body, "external_reference") === charge.id
        ? { ...body, ...paid }
        : body,
    );
    expect(await harness.becomes(charge.id, "approved", 15_000)).toMatchObject({ detail: null });
  });
});
