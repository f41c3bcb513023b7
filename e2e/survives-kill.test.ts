import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { type System, startSystem } from "@comanda/testing/system";
import { ask, guestToken, plainProducts } from "@comanda/testing/system-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Guests at once, and orders per service that is killed: 5 × 40 = 200 orders. */
const GUESTS = 8;
const ORDERS_PER_KILL = 40;
const SERVICES = ["auth", "order", "payment", "gateway", "mercadopago-sandbox"] as const;

type Order = { id: string; status: string; payment: { id: string; qr_code: string | null } | null };
type Ledger = { charges: { external_reference: string | null; times_paid: number; refunded_cents: number }[] };

let system: System;
let products: readonly { id: string }[];
const placed = new Map<string, { token: string; paymentId: string }>();

beforeAll(async () => {
  system = await startSystem();
  products = await plainProducts(system);
}, 120_000);
afterAll(() => system.stop(), 60_000);

/** What a patient client does: the same request again until it gets an answer. */
async function patiently<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  const box = await waitFor(async () => ({ answer: await attempt() }), { timeoutMs: 60_000 });
  return box.answer;
}

async function orderAndPay(): Promise<void> {
  const token = await patiently(() => guestToken(system));
  const body = { items: products.map(({ id }) => ({ product_id: id, quantity: 1 })), payment_method: "qr" };
  const key = newId();
  const order = await patiently(() =>
    ask<Order>(`${system.web}/orders/`, { token, body, expect: 201, headers: { "idempotency-key": key } }),
  );
  const payment = await patiently(async () => {
    const now = await ask<Order>(`${system.web}/orders/${order.id}`, { token });
    if (now.payment?.qr_code == null) throw new Error("no QR yet");
    return { id: now.payment.id, qrCode: now.payment.qr_code };
  });
  placed.set(order.id, { token, paymentId: payment.id });
  await patiently(async () => {
    const { status } = await fetch(`${system.sandbox}/sandbox/pay`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ qr_code: payment.qrCode }),
    });
    // 409: an earlier try of ours was paid though its answer was lost.
    if (status !== 200 && status !== 409) throw new Error(`the phone got ${status}`);
  });
}

async function killNine(service: string): Promise<void> {
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,ppid=,args="]);
  const line = stdout
    .split("\n")
    .map((text) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(text))
    .find((match) => Number(match?.[2]) === system.pid && match?.[3]?.includes(`${service}/src/main.ts`));
  if (line?.[1] === undefined) throw new Error(`no process of ${service} was found`);
  process.kill(Number(line[1]), "SIGKILL");
}

describe("a service dies while guests order and pay", () => {
  it.each(SERVICES)(
    "when %s is killed, then it comes back and the guests go on",
    async (service) => {
      const before = placed.size;
      let toDo = ORDERS_PER_KILL;
      const guests = Array.from({ length: GUESTS }, async () => {
        while (toDo > 0) {
          toDo -= 1;
          await orderAndPay();
        }
      });
      await waitFor(() => placed.size >= before + ORDERS_PER_KILL / 4, { timeoutMs: 60_000 });
      await killNine(service);
      await Promise.all(guests);
      expect(placed.size).toBe(before + ORDERS_PER_KILL);
    },
    180_000,
  );

  it("when the dust has settled, then every order is paid, each exactly once, and nothing was given back", async () => {
    const total = SERVICES.length * ORDERS_PER_KILL;
    expect(placed.size).toBe(total);
    for (const [id, { token }] of placed) {
      const order = await waitFor(
        async () => {
          const now = await ask<Order>(`${system.web}/orders/${id}`, { token });
          return now.status === "paid" ? now : null;
        },
        { timeoutMs: 60_000, description: `order ${id} to be paid` },
      );
      expect(order.status).toBe("paid");
    }
    const { charges } = await ask<Ledger>(`${system.sandbox}/sandbox/ledger`);
    const paid = charges.filter((charge) => charge.times_paid > 0);
    expect(paid.map((charge) => charge.external_reference).sort()).toEqual(
      [...placed.values()].map(({ paymentId }) => paymentId).sort(),
    );
    expect(paid.every((charge) => charge.times_paid === 1 && charge.refunded_cents === 0)).toBe(true);
    expect(charges).toHaveLength(total);
  }, 180_000);
});
