import { describe, expect, it } from "vitest";
import { noticeText, withoutPersonal } from "./notice-text.ts";

const AS_SENT = `{"action":"order.processed","api_version":"v1","application_id":"76506430185983",
 "data":{"external_reference":"0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a02","id":"ORD01K372G4J4FXZ9HGHZMJMGGPKE",
  "status":"processed","status_detail":"accredited","total_amount":"25.90","total_paid_amount":"25.90","type":"qr","version":3,
  "transactions":{"payments":[{"id":"PAY01K3","amount":"25.90","paid_amount":"25.90","reference_id":"123456789012",
   "payment_method":{"id":"account_money","type":"account_money","installments":1},"reference":{"id":"123"},"status":"processed","status_detail":"accredited"}]}},
 "date_created":"2026-03-10T12:34:56.123456789Z","live_mode":true,"type":"order","user_id":2000000001}`;

describe("the body of a notification, as staff read it", () => {
  // provider §10.2.
  it.each([
    ["an order", AS_SENT],
    [
      "a payment",
      '{"id":7,"live_mode":true,"type":"payment","date_created":"2026-03-10T12:34:56.000-04:00","user_id":2,"api_version":"v1","action":"payment.updated","data":{"id":"7"}}',
    ],
    [
      "a merchant order",
      '{"action":"update","application_id":"1","data":{"currency_id":"BRL","marketplace":"NONE","status":"opened"},"date_created":"2026-03-10T12:34:56Z","id":"7","live_mode":false,"status":"opened","type":"topic_merchant_order_wh","user_id":"2","version":1}',
    ],
    ["a chargeback", '{"type":"topic_chargebacks_wh","action":"created","data":{"id":"7","payment_id":8}}'],
    ["the old kind", '{"resource":"https://api.mercadolibre.com/merchant_orders/7","topic":"merchant_order"}'],
  ])("when it is Mercado Pago's own of %s, then it stands there as it came", (_what, body) => {
    expect(noticeText(body)).toEqual({ text: body, isVerbatim: true, removed: 0 });
  });

  it.each([
    ["a payer", '{"id":1,"payer":{"email":"m@x.br"}}', '{"id":1}', 1],
    ["a name for a word", '{"status":"Maria Silva","id":1}', '{"id":1}', 1],
    ["a CPF for a reference", '{"external_reference":"529.982.247-25","id":1}', '{"id":1}', 1],
    ["an address with a name in it", '{"resource":"https://example.com/maria","id":1}', '{"id":1}', 1],
    ["a name as a name", '{"maria":1,"__proto__":{"id":2},"constructor":3,"id":1}', '{"id":1}', 3],
    ["a list in a list", '{"data":[["maria"],"maria",{"id":1}]}', '{"data":[{"id":1}]}', 2],
  ])("when it holds %s, then that is left out", (_what, body, text, removed) => {
    expect(noticeText(body)).toEqual({ text, isVerbatim: false, removed });
  });

  it("when a name is said twice, then only what is read is shown", () => {
    expect(noticeText('{"id":"maria@x","id":"1"}')).toEqual({ text: '{"id":"1"}', isVerbatim: false, removed: 0 });
  });

  it.each(["", "maria", "[1]", '"maria"', "null", "{", "1"])("when it is %j, then nothing of it is shown", (body) => {
    expect(noticeText(body)).toEqual({ text: null, isVerbatim: false, removed: 0 });
  });

  it("when it is deeper than any of theirs, then it is cut, and nothing breaks", () => {
    const body = `${'{"data":'.repeat(20_000)}{"id":1}${"}".repeat(20_000)}`;
    expect(noticeText(body)).toMatchObject({ isVerbatim: false, removed: 1 });
  });

  it("when somebody typed an e-mail address or a CPF, then it is not shown", () => {
    expect(withoutPersonal("ligar: maria.c@example.com, 529.982.247-25 ou 52998224725; 2 sucos, R$ 12,90")).toBe(
      "ligar: ***, *** ou ***; 2 sucos, R$ 12,90",
    );
  });
});
