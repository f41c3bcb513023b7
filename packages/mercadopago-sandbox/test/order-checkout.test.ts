import { describe, expect, it } from "vitest";
import { mp, onlineOrder, receiver, start, until } from "./harness.ts";

const createCheckout = async (change: Record<string, unknown> = {}) => {
  const order = await mp().order.create({
    body: onlineOrder({
      processing_mode: "manual",
      config: { online: { success_url: "http://localhost:9/ok", failure_url: "http://localhost:9/no" } },
      items: [{ title: "X-Bacon", unit_price: "25.90", quantity: 1 }],
      ...change,
    }) as never, // the SDK's type wants every member of a payer
  });
  const { checkout_url: link = "" } = order as { checkout_url?: string }; // newer than the SDK's type
  return { ...order, id: order.id ?? "", link };
};

const choose = (id: string, outcome: string) => ({
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: `order_id=${id}&outcome=${outcome}`,
});

describe("Checkout Pro through Orders", () => {
  it("when an order is made without a payment, then its page is paid, and the buyer goes back to the shop", async () => {
    const { url, received } = await receiver();
    const { send } = await start({ webhookUrl: url });
    const order = await createCheckout();
    expect(order).toMatchObject({ status: "created", client_token: expect.any(String) });
    const page = await send("GET", order.link.slice(order.link.indexOf("/checkout")));
    expect(page.text).toContain("X-Bacon");
    const answer = await send("POST", "/checkout/v1/pay", choose(order.id, "approved"));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(new RegExp(`^http://localhost:9/ok\\?order_id=${order.id}`));
    expect(await mp().order.get({ id: order.id })).toMatchObject({
      status: "processed",
      total_paid_amount: "25.90",
      transactions: { payments: [{ status: "processed", amount: "25.90", payment_method: { id: "account_money" } }] },
    });
    await until(() => received.length === 1);
    expect((await send("POST", "/checkout/v1/pay", choose(order.id, "approved"))).status).toBe(409);
    expect(await mp().order.refund({ id: order.id })).toMatchObject({ status: "refunded" });
  });

  it("when an attempt is refused, then the order stays open and can still be paid by its link", async () => {
    const { send, pay } = await start();
    const order = await createCheckout();
    const answer = await send("POST", "/checkout/v1/pay", choose(order.id, "rejected"));
    expect(answer.headers.get("location")).toContain("http://localhost:9/no");
    expect((await mp().order.get({ id: order.id })).status).toBe("created");
    expect((await pay({ payment_link: order.link })).body).toMatchObject({ status: "processed" });
  });

  it("when the buyer wants a Pix, then its ticket is shown, and the wallet pays it", async () => {
    const { send, pay } = await start();
    const order = await createCheckout();
    const answer = await send("POST", "/checkout/v1/pay", choose(order.id, "pending"));
    expect(answer.headers.get("location")).toContain(`/payments/${order.id}/ticket`);
    const waiting = await mp().order.get({ id: order.id });
    expect(waiting).toMatchObject({ status: "action_required", status_detail: "waiting_transfer" });
    await pay({ qr_code: waiting.transactions?.payments?.[0]?.payment_method?.qr_code });
    expect((await mp().order.get({ id: order.id })).status).toBe("processed");
  });

  it("when it is cancelled, expired or unknown, then its page says so", async () => {
    const { send, advance } = await start();
    const [canceled, expired] = [await createCheckout(), await createCheckout()];
    await mp().order.cancel({ id: canceled.id });
    const path = (id: string) => `/checkout/v1/redirect?order_id=${id}`;
    expect((await send("GET", path(canceled.id))).status).toBe(410);
    await advance(25 * 3_600_000);
    expect((await send("GET", path(expired.id))).status).toBe(410);
    expect((await send("GET", path("ORDTST00000000000000000000000000"))).status).toBe(404);
    expect((await send("POST", "/checkout/v1/pay", choose("x", "approved"))).status).toBe(404);
  });
});
