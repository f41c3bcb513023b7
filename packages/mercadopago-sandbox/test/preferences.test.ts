import { MPBadRequestError, MPNotFoundError } from "mercadopago";
import { describe, expect, it } from "vitest";
import { mp, start } from "./harness.ts";

const linkBody = (change: Record<string, unknown> = {}) => ({
  items: [
    { id: "1", title: "X-Bacon", quantity: 2, unit_price: 24.5, currency_id: "BRL" },
    { id: "2", title: "<b>Guaraná</b>", quantity: 1, unit_price: 7 },
  ],
  external_reference: crypto.randomUUID(),
  back_urls: {
    success: "http://localhost:9/ok?a=1",
    failure: "http://localhost:9/no",
    pending: "http://localhost:9/wait",
  },
  ...change,
});
const createLink = async (change: Record<string, unknown> = {}) => {
  const preference = await mp().preference.create({ body: linkBody(change) as never }); // `change` may be wrong on purpose
  return {
    ...preference,
    id: preference.id ?? "",
    link: preference.init_point ?? "",
    reference: preference.external_reference ?? "",
  };
};
const formOf = (id: string, outcome: string) => ({
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: `pref_id=${id}&outcome=${outcome}`,
});

describe("a payment link", () => {
  it("when the SDK creates, reads, changes and searches one, then it is the same link", async () => {
    const { url } = await start();
    const link = await createLink();
    expect(link).toMatchObject({
      operation_type: "regular_payment",
      site_id: "MLB",
      marketplace: "NONE",
      collector_id: 2000000001,
      total_amount: 56,
      init_point: `${url}/checkout/v1/redirect?pref_id=${link.id}`,
      api_response: { status: 201 },
    });
    expect(link.id).toMatch(/^2000000001-[0-9a-f-]{36}$/);
    const filledUp = { category_id: "", description: "", currency_id: "BRL" };
    expect((await mp().preference.get({ preferenceId: link.id })).items).toEqual(
      linkBody().items.map((item) => ({ ...filledUp, ...item })),
    );
    const changed = await mp().preference.update({
      id: link.id,
      updatePreferenceRequest: { expires: true, expiration_date_to: "2099-01-01T00:00:00.000-03:00" } as never,
    });
    expect(changed).toMatchObject({ expires: true, external_reference: link.reference });
    const found = await mp().preference.search({ options: { external_reference: link.reference } });
    expect(found).toMatchObject({ total: 1, elements: [{ id: link.id }] });
    await expect(mp().preference.get({ preferenceId: "x" })).rejects.toThrow(MPNotFoundError);
  });

  it("when it is paid after a refusal, then both payments share it and one merchant order", async () => {
    const { pay } = await start();
    const link = await createLink();
    expect((await pay({ payment_link: link.link, outcome: "rejected" })).body).toMatchObject({ status: "rejected" });
    const { payment_id: paidId } = (await pay({ payment_link: link.link })).body;
    expect((await pay({ payment_link: link.link })).body).toMatchObject({ status: 409, code: "already-paid" });
    const payments = await mp().payment.search({ options: { external_reference: link.reference } });
    expect(payments.results?.map(({ status }) => status).toSorted()).toEqual(["approved", "rejected"]);
    const paid = await mp().payment.get({ id: paidId });
    expect(paid).toMatchObject({ status: "approved", transaction_amount: 56 });
    const merchantOrderId = Number(paid.order?.id);
    expect(await mp().merchantOrder.get({ merchantOrderId })).toMatchObject({
      status: "closed",
      order_status: "paid",
      preference_id: link.id,
      paid_amount: 56,
      payments: [{ status: "rejected" }, { status: "approved" }],
    });
    const search = await mp().merchantOrder.search({ options: { preference_id: link.id } });
    expect(search).toMatchObject({ total: 1, elements: [{ id: merchantOrderId }] });
    await mp().refund.total({ payment_id: paidId });
    expect(await mp().merchantOrder.get({ merchantOrderId })).toMatchObject({
      order_status: "refunded",
      refunded_amount: 56,
    });
  });

  it("when it is past its last date or before its first, then it takes no payment", async () => {
    const { pay, advance, send } = await start();
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const link = await createLink({ expires: true, expiration_date_to: inAnHour });
    const later = await createLink({ expires: true, expiration_date_from: inAnHour });
    expect((await pay({ payment_link: later.link })).body).toMatchObject({ code: "not-yet-open" });
    await advance(3_600_001);
    expect((await pay({ payment_link: link.link })).body).toMatchObject({ status: 409, code: "charge-expired" });
    expect((await send("GET", new URL(link.link).pathname + new URL(link.link).search)).status).toBe(410);
    expect((await pay({ payment_link: later.link })).status).toBe(200);
  });

  it("when it is left pending, then its Pix can still be paid, which closes the link", async () => {
    const { pay } = await start();
    const link = await createLink();
    const { payment_id: id } = (await pay({ payment_link: link.link, outcome: "pending" })).body;
    const pending = await mp().payment.get({ id });
    expect(pending).toMatchObject({ status: "pending", status_detail: "pending_waiting_transfer" });
    const code = pending.point_of_interaction?.transaction_data?.qr_code ?? "";
    expect((await pay({ qr_code: code })).body).toMatchObject({ status: "approved" });
    expect((await pay({ payment_link: link.link })).body).toMatchObject({ code: "already-paid" });
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["has no items", { items: [] }],
    ["has an item of no price", { items: [{ id: "1", title: "x", quantity: 1, unit_price: 0 }] }],
    ["has half an item", { items: [{ id: "1", title: "x", quantity: 0.5, unit_price: 1 }] }],
    ["has a date without offset", { expiration_date_to: "2026-11-22" }],
  ];
  for (const [what, change] of wrong) {
    it(`when the body ${what}, then it is refused`, async () => {
      await start();
      await expect(createLink(change)).rejects.toThrow(MPBadRequestError);
    });
  }

  it("when it wants to return by itself but gives no address, then the known refusal is answered", async () => {
    const { authorized } = await start();
    const answer = await authorized("POST", "/checkout/preferences/", {
      body: linkBody({ auto_return: "approved", back_urls: {} }),
    });
    expect(answer.body).toEqual({
      message: "auto_return invalid. back_url.success must be defined",
      error: "invalid_auto_return",
      status: 400,
      cause: null,
    });
  });
});

describe("the hosted page", () => {
  it("when the buyer opens it, then it names what is bought, escaped, and needs nothing from elsewhere", async () => {
    const { send } = await start();
    const link = await createLink();
    const page = await send("GET", `/checkout/v1/redirect?pref_id=${link.id}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain("&lt;b&gt;Guaraná&lt;/b&gt;");
    expect(page.text).toMatch(/R\$\s56,00/);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("when the buyer pays, refuses or waits, then the shop gets them back with the documented query", async () => {
    const { send } = await start();
    const cases = [
      ["rejected", "/no", "rejected"],
      ["pending", "/wait", "pending"],
      ["approved", "/ok", "approved"],
    ] as const;
    const link = await createLink();
    for (const [outcome, path, status] of cases) {
      const answer = await send("POST", "/checkout/v1/pay", formOf(link.id, outcome));
      expect(answer.status).toBe(303);
      const back = new URL(answer.headers.get("location") ?? "");
      expect(back.pathname).toBe(path);
      expect(Object.fromEntries(back.searchParams)).toMatchObject({
        collection_status: status,
        status,
        external_reference: link.reference,
        preference_id: link.id,
        site_id: "MLB",
        processing_mode: "aggregator",
      });
      expect(await mp().payment.get({ id: back.searchParams.get("payment_id") ?? "" })).toMatchObject({ status });
      if (outcome === "approved") expect(back.searchParams.get("a")).toBe("1");
    }
    expect((await send("POST", "/checkout/v1/pay", formOf(link.id, "approved"))).status).toBe(409);
    expect((await send("POST", "/checkout/v1/pay", formOf("nada", "approved"))).status).toBe(404);
  });

  it("when the shop gave no address, then the page itself tells the result", async () => {
    const { send } = await start();
    const link = await createLink({ back_urls: undefined });
    const answer = await send("POST", "/checkout/v1/pay", formOf(link.id, "approved"));
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("Pagamento aprovado") });
  });
});
