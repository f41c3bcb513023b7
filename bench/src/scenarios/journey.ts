import type { System } from "@comanda/testing/system";
import { adminAtWork, ask, guestToken, plainProducts, type StaffAtWork } from "@comanda/testing/system-client";
import type { Outcome } from "../load.ts";

type Order = { id: string; status: string; payment: { qr_code: string | null } | null };

/**
 * How many whole visits per second: guest token → order with QR → paid at the sandbox → seen as paid → preparing →
 * ready → delivered. Latency is that of a whole visit.
 */
export async function measureJourneys(
  system: System,
  options: { readonly guests: number; readonly seconds: number },
): Promise<Outcome> {
  const products = await plainProducts(system);
  const staff = await adminAtWork(system);
  const items = products.map(({ id }) => ({ product_id: id, quantity: 1 }));
  await journey(system, { staff, items });

  const times: number[] = [];
  let wrong = 0;
  const startedAt = performance.now();
  const deadline = startedAt + options.seconds * 1000;
  await Promise.all(
    Array.from({ length: options.guests }, async () => {
      while (performance.now() < deadline) {
        const beganAt = performance.now();
        try {
          await journey(system, { staff, items });
          times.push(performance.now() - beganAt);
        } catch (error) {
          wrong += 1;
          if (wrong <= 3) console.error(error);
        }
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  times.sort((left, right) => left - right);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), wrong };
}

async function journey(
  system: System,
  visit: { readonly staff: StaffAtWork; readonly items: readonly { product_id: string; quantity: number }[] },
): Promise<void> {
  const token = await guestToken(system);
  const body = { items: visit.items, payment_method: "qr", service_mode: "dine_in" };
  const order = await ask<Order>(`${system.order}/orders/`, { token, body, expect: 201 });
  const qrCode =
    order.payment?.qr_code ?? (await until(system, { token, id: order.id }, (now) => now.payment?.qr_code));
  await ask(`${system.sandbox}/sandbox/pay`, { body: { qr_code: qrCode } });
  await until(system, { token, id: order.id }, (now) => now.status === "paid");
  for (const status of ["preparing", "ready_for_pickup", "delivered"]) {
    const staff = await visit.staff.token();
    await ask(`${system.order}/orders/${order.id}`, { method: "PATCH", token: staff, body: { status } });
  }
}

async function until<Found>(
  system: System,
  order: { readonly token: string; readonly id: string },
  find: (order: Order) => Found | null | undefined | false,
): Promise<Found> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = find(await ask<Order>(`${system.order}/orders/${order.id}`, { token: order.token }));
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`order ${order.id} did not move`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
