import { waitFor } from "@comanda/testing";
import { type System, startSystem } from "@comanda/testing/system";
import { adminToken, ask, plainProducts } from "@comanda/testing/system-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(() => system.stop(), 60_000);

const GUEST = {
  name: "Rosa Canário",
  email: "rosa.canario@exemplo.com.br",
  cpf: "52998224725",
  password: "um pastel de queijo às seis",
  consent: true,
};

type Registered = { customer: { id: string }; access_token: string };
type Order = { id: string; customer_name: string | null; customer_id: string | null; total_cents: number };
type Receipt = { id: string; status: string };

// The whole of reliability OP-62 and OP-63 with the services as they run: what one says the others hear.
describe("what a guest can ask of all services at once", () => {
  it("when they have ordered, take their data with them and go, then the sale stays and they do not", async () => {
    const { customer, access_token: token } = await ask<Registered>(`${system.web}/customers/register`, {
      body: GUEST,
      expect: 201,
    });
    const [product] = await plainProducts(system);
    const { id: orderId, total_cents: total } = await ask<Order>(`${system.web}/orders/`, {
      token,
      expect: 201,
      body: {
        items: [{ product_id: product?.id, quantity: 1, comment: "sem canela para a Rosa" }],
        payment_method: "counter",
        customer_name: "Rosa",
      },
    });
    const me = `${system.web}/customers/${customer.id}`;
    const held = await waitFor(
      async () => {
        const all = await ask<{ orders: unknown[]; payments: unknown[]; person: { cpf: string } }>(`${me}/export`, {
          token,
        });
        return all.payments.length === 1 ? all : null;
      },
      { timeoutMs: 30_000, description: "the charge in the export" },
    );
    expect(held.person.cpf).toBe(GUEST.cpf);
    expect(JSON.stringify(held.orders)).toContain("sem canela para a Rosa");

    const receipt = await ask<Receipt>(me, { method: "DELETE", token, expect: 202 });
    await waitFor(
      async () => (await ask<Receipt>(`${system.web}/customers/erasures/${receipt.id}`)).status === "done",
      { timeoutMs: 30_000, description: "order and payment to have done their part" },
    );
    const admin = await adminToken(system);
    const order = await ask<Order>(`${system.web}/orders/${orderId}`, { token: admin });
    expect(order).toMatchObject({ customer_name: null, customer_id: null, total_cents: total });
    const { items } = await ask<{ items: { customer_id: string | null }[] }>(
      `${system.web}/payments/?order_id=${orderId}`,
      { token: admin },
    );
    expect(items.map(({ customer_id: id }) => id)).toEqual([null]);
    await ask(`${system.web}/auth`, { token, expect: 401 });
    const again = await ask<Registered>(`${system.web}/customers/register`, { body: GUEST, expect: 201 });
    expect(again.customer.id).not.toBe(customer.id);
  }, 120_000);
});
