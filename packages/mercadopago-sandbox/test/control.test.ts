import { describe, expect, it } from "vitest";
import { createQrOrder, mp, start } from "./harness.ts";

describe("the phone", () => {
  it("when the code is unknown, then 404; when the body is wrong, then 422; when it is no JSON, then 400", async () => {
    const { pay, send } = await start();
    expect(await pay({ qr_code: "000201" })).toMatchObject({
      status: 404,
      body: { code: "unknown-code", status: 404 },
    });
    expect(await pay({ payment_link: "http://x/y?pref_id=1" })).toMatchObject({ status: 404 });
    for (const body of [
      {},
      { qr_code: 1 },
      { qr_code: "a", payment_link: "b" },
      { qr_code: "a", outcome: "maybe" },
      { qr_code: "a", x: 1 },
    ])
      expect(await pay(body)).toMatchObject({ status: 422, body: { code: "invalid-body" } });
    const broken = await send("POST", "/sandbox/pay", { body: "{" });
    expect(broken).toMatchObject({ status: 400, body: { code: "malformed-json" } });
    expect(broken.headers.get("content-type")).toContain("application/problem+json");
    expect((await send("POST", "/sandbox/pay")).status).toBe(422);
    expect(await pay({ qr_code: "x".repeat(1 << 20) })).toMatchObject({
      status: 413,
      body: { code: "body-too-large" },
    });
    const plain = await send("POST", "/sandbox/pay", { body: "{}", headers: { "content-type": "text/plain" } });
    expect(plain).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
    expect((await send("GET", "/sandbox/nothing")).body).toMatchObject({ code: "not-found", status: 404 });
  });

  it("when a charge is scanned, then it tells who asks how much; when it is open, then it is in the list", async () => {
    const { send, pay, advance } = await start();
    const order = await createQrOrder();
    const link = await mp().preference.create({
      body: { items: [{ id: "1", title: "Combo", quantity: 1, unit_price: 30 }] },
    });
    const scan = await send("POST", "/sandbox/scan", { body: { qr_code: ` ${order.qrCode}\n` } });
    expect(scan.body).toMatchObject({
      kind: "order",
      merchant: "Lanchonete Teste",
      description: "Pedido 42",
      amount_cents: 2590,
      status: "open",
    });
    const idsOfList = async () =>
      (await send("GET", "/sandbox/charges")).body.items.map(({ id }: { id: string }) => id).toSorted();
    expect(await idsOfList()).toEqual([link.id, order.id].toSorted());
    await pay({ payment_link: link.init_point });
    expect(await idsOfList()).toEqual([order.id]);
    await advance(300_001);
    expect(await idsOfList()).toEqual([]);
    expect((await send("POST", "/sandbox/scan", { body: { qr_code: order.qrCode } })).body.status).toBe("expired");
  });
});

describe("the ledger and the clock", () => {
  it("when charges of every kind exist, then the ledger sums them up in centavos", async () => {
    const { pay, ledger, advance } = await start();
    const order = await createQrOrder();
    await createQrOrder();
    const link = await mp().preference.create({
      body: {
        items: [{ id: "1", title: "Combo", quantity: 1, unit_price: 30.01 }],
        external_reference: order.reference,
      },
    });
    await pay({ qr_code: order.qrCode });
    await pay({ payment_link: link.init_point, outcome: "rejected" });
    await pay({ payment_link: link.init_point });
    await mp().order.refund({ id: order.id, body: { transactions: [{ id: order.paymentId, amount: "0.90" }] } });
    await advance(1000);
    const { totals } = await ledger();
    expect(totals).toEqual({
      charges: 4,
      paid: 2,
      refunds: 1,
      paid_cents: 5591,
      refunded_cents: 90,
      refunding_cents: 0,
      charged_back_cents: 0,
      net_cents: 5501,
      references_paid_more_than_once: [order.reference],
    });
    const mine = await ledger(order.reference);
    expect(mine.charges.map(({ kind }: { kind: string }) => kind)).toEqual(["order", "payment", "payment"]);
    expect(mine.charges[0]).toMatchObject({
      amount_cents: 2590,
      times_paid: 1,
      refunded_cents: 90,
      refunds: [{ amount_cents: 90, status: "processed" }],
    });
  });

  it("when time is moved, then it only goes forward", async () => {
    const { advance, send } = await start();
    expect((await advance(3_600_000)).body.offset_ms).toBe(3_600_000);
    expect((await advance(-1)).status).toBe(422);
    expect((await send("GET", "/sandbox/clock")).body.offset_ms).toBe(3_600_000);
  });
});

describe("the pages and the process", () => {
  it("when the wallet is opened, then one page comes that needs nothing else and allows only itself", async () => {
    const { send } = await start();
    const page = await send("GET", "/");
    expect(page.headers.get("content-type")).toContain("text/html");
    const policy = page.headers.get("content-security-policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(page.text).toContain(`<script type="module" nonce="${nonce}">`);
    expect(page.text).not.toMatch(/\s(src|href)="(https?:)?\/\//);
    expect(page.text).toContain('lang="pt-BR"');
    const again = await send("GET", "/");
    expect(again.headers.get("content-security-policy")).not.toBe(policy);
  });

  it("when health and readiness are asked, then both are well", async () => {
    const { send } = await start();
    expect(await send("GET", "/health")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect((await send("GET", "/ready/")).status).toBe(200);
  });
});
