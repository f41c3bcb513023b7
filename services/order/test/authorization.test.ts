import { newId } from "@comanda/primitives";
import { describeAuthorization, type Guarded, type Someone } from "@comanda/testing/authorization";
import { makeCategory, makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";
import { listen } from "./streams.ts";

/** Who can have an order of their own. */
const ORDERERS: readonly string[] = ["anonymous", "identified", "registered", "cashier", "device:kiosk"];

describeAuthorization("order", async (): Promise<Guarded> => {
  const harness = await startOrderingHarness();
  const category = await makeCategory(harness);
  const ownOrder = async (who: Someone) => (await harness.placed({}, headersOf(who))).id;
  return {
    url: await listen(harness.service),
    signer: { issuer: harness.issuer.issuer, ...harness.issuer.key, audience: "order" },
    idOf: (name) => (name === "service" ? "payment" : undefined),
    words: {
      category: () => category,
      own_guest: guestOf,
      other_guest: () => newId(),
      hidden_product: async () => (await makeProduct(harness, { category_id: category, enabled: false })).id,
      fresh_name: () => `Categoria ${newId()}`,
      spare_category: () => makeCategory(harness),
      spare_product: async () => (await makeProduct(harness, { category_id: category })).id,
      pictured_product: () => pictured(harness, category),
      other_paid_order: async () => (await harness.paid()).id,
      other_ready_order: () => movedTo(harness, ["ready_for_pickup"]),
      other_delivered_order: () => movedTo(harness, ["ready_for_pickup", "delivered"]),
      paid_line: async () => lineOf(await harness.paid()),
      refused_line: () => refusedLine(harness),
      parked_event: () => parkedEvent(harness),
      auth_itself: itself,
      product: () => harness.productId,
      own_order: ownOrder,
      own_paid_order: async (who) => (await harness.paid({}, headersOf(who))).id,
      own_begun_order: async (who) => movedTo(harness, ["preparing"], headersOf(who)),
      other_order: async () => (await harness.placed()).id,
    },
    revoke: (_token, tokenId) => harness.issuer.revoke(tokenId),
    close: () => harness.close(),
  };
});

/** By which an order becomes this caller's own; a guest's, where they can have none. */
function headersOf({ name, token }: Someone): Record<string, string> | undefined {
  return ORDERERS.includes(name) ? { authorization: `Bearer ${token}` } : undefined;
}

/** A paid order that went on, step by step. */
async function movedTo(
  harness: OrderingHarness,
  statuses: readonly string[],
  headers?: Record<string, string>,
): Promise<string> {
  const { id } = await harness.paid({}, headers);
  for (const status of statuses) await harness.patch(id, { status });
  return id;
}

/** Auth is a service like the others, and only by its name somebody else. */
function itself({ name, id }: Someone): string {
  return name === "service" ? "auth" : id;
}

/** Whose orders a caller asks for as their own; a service has a name and no id. */
function guestOf({ name, id }: Someone): string {
  return name === "service" ? newId() : id;
}

function lineOf({ id, items }: { readonly id: string; readonly items: readonly { readonly id: string }[] }): string {
  return `${id}/items/${items[0]?.id}`;
}

async function refusedLine(harness: OrderingHarness): Promise<string> {
  const line = lineOf(await harness.paid());
  const payload = { status: "refused", reason: "acabou o queijo" };
  await harness.call("PATCH", `/orders/${line}`, { headers: await harness.as("kitchen"), payload });
  return line;
}

async function pictured(harness: OrderingHarness, category: string): Promise<string> {
  const { id } = await makeProduct(harness, { category_id: category });
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const headers = { ...(await harness.as("admin")), "content-type": "image/png" };
  await harness.app.inject({ method: "PUT", url: `/products/${id}/image`, headers, payload: png });
  return id;
}

async function parkedEvent(harness: OrderingHarness): Promise<string> {
  const id = newId();
  await harness.database.pool.query(
    "insert into outbox (id, type, subject, data, parked_at) values ($1, 'comanda.order.changed', $2, '{}', now())",
    [id, newId()],
  );
  return id;
}
