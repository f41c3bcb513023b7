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
  const ownOrder = async ({ name, token }: Someone) => {
    const isTheirs = ORDERERS.includes(name);
    return (await harness.placed({}, isTheirs ? { authorization: `Bearer ${token}` } : undefined)).id;
  };
  return {
    url: await listen(harness.service),
    signer: { issuer: harness.issuer.issuer, ...harness.issuer.key, audience: "order" },
    idOf: (name) => (name === "service" ? "payment" : undefined),
    words: {
      category: () => category,
      fresh_name: () => `Categoria ${newId()}`,
      spare_category: () => makeCategory(harness),
      spare_product: async () => (await makeProduct(harness, { category_id: category })).id,
      pictured_product: () => pictured(harness, category),
      other_paid_order: async () => (await harness.paid()).id,
      paid_line: async () => lineOf(await harness.paid()),
      refused_line: () => refusedLine(harness),
      parked_event: () => parkedEvent(harness),
      auth_itself: itself,
      product: () => harness.productId,
      own_order: ownOrder,
      other_order: async () => (await harness.placed()).id,
    },
    revoke: (_token, tokenId) => harness.issuer.revoke(tokenId),
    close: () => harness.close(),
  };
});

/** Auth is a service like the others, and only by its name somebody else. */
function itself({ name, id }: Someone): string {
  return name === "service" ? "auth" : id;
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
