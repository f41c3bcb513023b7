import { newId } from "@comanda/primitives";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { APPROVED, type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());
afterEach(() => {
  harness.payment.mode = "up";
});

/** A paired device with a card terminal, free unless an order is named. */
function deviceWithTerminal(busyWith: string | null = null): string {
  const id = newId();
  harness.payment.terminals.set(id, busyWith);
  return id;
}
const terminal = { payment_method: "terminal" } as const;
const guestAt = (device: string) => harness.as({ role: "customer", device });

describe("an order paid at a card terminal", () => {
  it("when a guest whom a totem brought here orders, then the charge is for the totem's terminal", async () => {
    const device = deviceWithTerminal();
    const order = await harness.placed(terminal, await guestAt(device));
    expect(order).toMatchObject({ payment_status: "awaiting_payment", payment: { method: "terminal", qr_code: null } });
    expect(harness.payment.requests.at(-1)?.body).toMatchObject({ method: "terminal", device_id: device });
  });

  it("when the totem orders by itself, then it is the totem's own terminal", async () => {
    const device = deviceWithTerminal();
    await harness.placed(terminal, await harness.as({ role: "device", kind: "kiosk", subject: device }));
    expect(harness.payment.requests.at(-1)?.body).toMatchObject({ device_id: device });
  });

  it("when a cashier names the device, then it is that one's terminal; a QR goes to its point of sale, too", async () => {
    const device_id = deviceWithTerminal();
    const cashier = await harness.as("cashier");
    await harness.placed({ ...terminal, device_id }, cashier);
    expect(harness.payment.requests.at(-1)?.body).toMatchObject({ device_id });
    await harness.placed({ payment_method: "qr", device_id }, cashier);
    expect(harness.payment.requests.at(-1)?.body).toMatchObject({ method: "qr", device_id });
  });

  // Whoever could name a device could send a charge to any totem of the shop.
  it("when a guest or a totem names a device that is not theirs, then 403", async () => {
    const [own, device_id] = [deviceWithTerminal(), deviceWithTerminal()];
    for (const who of [
      await harness.as("customer"),
      await guestAt(own),
      await harness.as({ role: "device", kind: "kiosk", subject: own }),
    ]) {
      expect((await harness.place({ ...terminal, device_id }, who)).statusCode).toBe(403);
    }
    expect((await harness.place({ ...terminal, device_id: own }, await guestAt(own))).statusCode).toBe(201);
    expect((await harness.place({ ...terminal, device_id: "x" }, await guestAt(own))).statusCode).toBe(422);
  });

  it("when no device is known, or none with a terminal, then 422 and nothing is written", async () => {
    for (const who of [await harness.as("customer"), await guestAt(newId()), await harness.as("cashier")]) {
      const answer = await harness.place(terminal, who);
      expect(answer.json()).toMatchObject({ status: 422, code: "payment-method-unavailable" });
    }
  });

  it("when another order is at the terminal, then 409 and when to ask again", async () => {
    const device = deviceWithTerminal(newId());
    const answer = await harness.place(terminal, await guestAt(device));
    expect(answer.json()).toMatchObject({ status: 409, code: "terminal-busy" });
    expect(answer.headers["retry-after"]).toBeDefined();
    // Another way to pay is free all the same.
    expect((await harness.place({ payment_method: "qr" }, await guestAt(device))).statusCode).toBe(201);
  });

  it("when the request is repeated while its own order is at the terminal, then it gets its first answer", async () => {
    const device = deviceWithTerminal();
    const headers = { ...(await guestAt(device)), "idempotency-key": newId() };
    const first = await harness.place(terminal, headers);
    harness.payment.terminals.set(device, first.json().id);
    const again = await harness.place(terminal, headers);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.json()).toEqual(first.json());
  });

  it("when payment is away, then the order is accepted and the charge follows by itself", async () => {
    const device = deviceWithTerminal();
    harness.payment.mode = "down";
    const answer = await harness.place(terminal, await guestAt(device));
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ payment_status: "pending", payment: { method: "terminal" } });
    harness.payment.mode = "up";
    const { id } = answer.json();
    await expect.poll(() => harness.payment.chargeOf(id), { timeout: 15_000 }).toBeDefined();
    expect(harness.payment.events.at(-1)?.data).toMatchObject({ method: "terminal", device_id: device });
  });

  it("when payment says what to do at the terminal, then the order says it, and the kitchen sees nothing of it", async () => {
    const device = deviceWithTerminal();
    const order = await harness.placed(terminal, await guestAt(device));
    const charge = harness.payment.chargeOf(order.id);
    if (charge === undefined) return expect.unreachable();
    const move = (difference: Record<string, unknown>) =>
      harness.receive(harness.payment.move(charge.payment_id, difference));
    await move({ detail: "at_terminal" });
    expect((await harness.look(order.id)).payment).toMatchObject({
      detail: "at_terminal",
      instruction: "Siga as instruções na maquininha.",
    });
    await move({ status: "in_process", detail: "check_on_terminal" });
    const look = await harness.look(order.id);
    expect(look).toMatchObject({ payment_status: "in_process", payment: { detail: "check_on_terminal" } });
    expect(look.payment?.instruction).toMatch(/^Siga as instruções na maquininha/);
    const queue = await harness.call("GET", "/orders/queue", { headers: await harness.as("kitchen") });
    expect(queue.body).not.toContain(order.id);
    await move({ ...APPROVED, detail: null });
    expect(await harness.look(order.id)).toMatchObject({ status: "paid", payment: { instruction: null } });
  });

  it("when a newer payment says a detail we do not know, then it is no detail", async () => {
    const order = await harness.placed(terminal, await guestAt(deviceWithTerminal()));
    const charge = harness.payment.chargeOf(order.id);
    if (charge === undefined) return expect.unreachable();
    await harness.receive(harness.payment.move(charge.payment_id, { detail: "from_the_future" }));
    expect((await harness.look(order.id)).payment).toMatchObject({ detail: null, instruction: null });
  });

  it("when the card is refused, then the order says why, and the guest tries again there", async () => {
    const device = deviceWithTerminal();
    const who = await guestAt(device);
    const order = await harness.placed(terminal, who);
    const charge = harness.payment.chargeOf(order.id);
    if (charge === undefined) return expect.unreachable();
    await harness.receive(
      harness.payment.move(charge.payment_id, { status: "rejected", detail: "insufficient_amount" }),
    );
    const refused = await harness.look(order.id);
    expect(refused).toMatchObject({ payment_status: "rejected", payment: { detail: "insufficient_amount" } });
    const again = await harness.call("POST", `/orders/${order.id}/payment`, { headers: who, payload: terminal });
    expect(again.statusCode).toBe(201);
    expect(harness.payment.requests.at(-1)?.body).toMatchObject({ attempt: 2, device_id: device });
  });

  it("when it was refused three times, then the counter is offered, whatever the reason of the last one", async () => {
    const who = await guestAt(deviceWithTerminal());
    const order = await harness.placed(terminal, who);
    const instructions: (string | null | undefined)[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const charge = harness.payment.chargeOf(order.id);
      if (charge === undefined) return expect.unreachable();
      const detail = attempt === 2 ? null : "insufficient_amount";
      await harness.receive(harness.payment.move(charge.payment_id, { status: "rejected", detail }));
      instructions.push((await harness.look(order.id)).payment?.instruction);
      await harness.call("POST", `/orders/${order.id}/payment`, { headers: who, payload: terminal });
    }
    expect(instructions).toEqual([
      "O cartão não tem saldo ou limite para esta compra. Tente outro cartão.",
      "O pagamento foi recusado. Tente de novo ou escolha outra forma de pagamento.",
      "O cartão não tem saldo ou limite para esta compra. Tente outro cartão. Já foram 3 recusas: pague no balcão.",
    ]);
    const last = harness.payment.chargeOf(order.id);
    await harness.receive(harness.payment.move(last?.payment_id ?? "", { status: "expired", detail: null }));
    expect((await harness.look(order.id)).payment?.instruction).toMatch(/^O tempo para pagar acabou/);
  });

  it("when another attempt is begun at the terminal, then the order's own charge is no hindrance, another's is", async () => {
    const device = deviceWithTerminal();
    const order = await harness.placed(terminal, await guestAt(device));
    const pay = async (payload: object) =>
      harness.call("POST", `/orders/${order.id}/payment`, { headers: await harness.as("cashier"), payload });
    harness.payment.terminals.set(device, order.id);
    expect((await pay({ ...terminal, device_id: device })).statusCode).toBe(201);
    harness.payment.terminals.set(device, newId());
    expect((await pay({ ...terminal, device_id: device })).json().code).toBe("terminal-busy");
    expect((await pay(terminal)).json().code).toBe("payment-method-unavailable");
  });
});
