import { newId } from "@comanda/primitives";
import type { Guarded } from "@comanda/testing/authorization";
import { ask, guestToken } from "@comanda/testing/system-client";
import type { House, Service } from "./house-shape.ts";
import { placeAndPay } from "./occasions/orders.ts";
import { PASSWORD } from "./values.ts";

/** A service as the authorization matrix asks it, behind the gateway and with things that are nobody's of the house. */
export function atTheGateway(house: House, service: Service): Guarded {
  const { system } = house;
  return {
    url: system.web,
    signer: house.signerOf(service),
    idOf: house.idOf,
    words: {
      other_guest: async () => (await stranger(house)).id,
      other_session: () => sessionOfStranger(house),
      other_order: async () => {
        const product_id = house.things.get("products")?.[0]?.id;
        const body = { items: [{ product_id, quantity: 1 }], payment_method: "counter" };
        return made(`${system.order}/orders`, { token: await guestToken(system), body });
      },
      other_paid_order: async () => (await placeAndPay(house, await guestToken(system))).id,
      other_delivered_order: () => deliveredOrder(house),
      other_charge: async () => {
        const items = [{ title: "X", quantity: 1, unit_price_cents: 4290 }];
        const what = { amount_cents: 4290, method: "counter", description: "Pedido", items };
        const body = { ...what, order_id: newId(), attempt: 1, customer_id: newId() };
        return made(`${system.payment}/payments/`, { token: await house.tokenOf("service", "payment"), body });
      },
    },
    // Nobody comes with a bad token here.
    revoke: () => undefined,
    close: async () => undefined,
  };
}

async function deliveredOrder(house: House): Promise<string> {
  const { id } = await placeAndPay(house, await guestToken(house.system));
  const token = await house.tokenOf("kitchen", "order");
  for (const status of ["ready_for_pickup", "delivered"])
    await ask(`${house.system.order}/orders/${id}`, { method: "PATCH", token, body: { status } });
  return id;
}

async function made(url: string, options: { readonly token: string; readonly body: unknown }): Promise<string> {
  return (await ask<{ id: string }>(url, { ...options, expect: 201 })).id;
}

async function stranger(house: House): Promise<{ readonly id: string; readonly email: string }> {
  const email = house.freshEmail();
  const body = { name: "Bia Lima", email, cpf: house.freshCpf(), password: PASSWORD, consent: true };
  const url = `${house.system.auth}/customers/register`;
  return { id: (await ask<{ customer: { id: string } }>(url, { body, expect: 201 })).customer.id, email };
}

async function sessionOfStranger(house: House): Promise<string> {
  const { id, email } = await stranger(house);
  const form = new URLSearchParams({ grant_type: "password", username: email, password: PASSWORD });
  await fetch(`${house.system.auth}/token`, { method: "POST", body: form });
  const token = await house.tokenOf("admin", "auth");
  const url = `${house.system.auth}/customers/sessions?subject=${id}`;
  const { items } = await ask<{ items: { id: string }[] }>(url, { token });
  if (items[0] === undefined) throw new Error("whoever signs in has a session");
  return items[0].id;
}
