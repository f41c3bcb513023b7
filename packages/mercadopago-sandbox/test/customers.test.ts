import { describe, expect, it } from "vitest";
import { createCardToken, mp, start } from "./harness.ts";

const email = () => `buyer_${crypto.randomUUID()}@testuser.com`;

describe("customers", () => {
  it("when the SDK creates, reads, changes, searches and removes one, then it keeps what was sent", async () => {
    await start();
    const mail = email();
    const address = { id: "1", zip_code: "25065172", street_name: "Rua Exemplo", street_number: 123, city: {} };
    const created = await mp().customer.create({ body: { email: mail, first_name: "Jhon", address } });
    const customerId = created.id ?? "";
    expect(created).toMatchObject({ email: mail, first_name: "Jhon", address, status: "active", cards: [] });
    await expect(mp().customer.create({ body: { email: mail.toUpperCase() } })).rejects.toMatchObject({ status: 400 });
    await mp().customer.update({ customerId, body: { last_name: "Doe" } });
    expect(await mp().customer.get({ customerId })).toMatchObject({ first_name: "Jhon", last_name: "Doe" });
    const found = await mp().customer.search({ options: { email: mail } });
    expect(found).toMatchObject({ paging: { total: 1 }, results: [{ id: customerId }] });
    expect(await mp().customer.remove({ customerId })).toMatchObject({ id: customerId, status: "deactive" });
    await expect(mp().customer.get({ customerId })).rejects.toMatchObject({ status: 404 });
  });

  it("when a card is kept, then it can be listed, changed, paid with again by a new token, and removed", async () => {
    await start();
    const customerId = (await mp().customer.create({ body: { email: email() } })).id ?? "";
    const token = (await createCardToken("FUND")).id ?? "";
    const card = await mp().customerCard.create({ customerId, body: { token } });
    const cardId = card.id ?? "";
    expect(card).toMatchObject({
      customer_id: customerId,
      first_six_digits: "503143",
      last_four_digits: "6351",
      payment_method: { id: "master", payment_type_id: "credit_card" },
      security_code: { length: 3 },
    });
    await expect(mp().customerCard.create({ customerId, body: { token } })).rejects.toMatchObject({ status: 400 });
    const again = await mp().cardToken.create({ body: { card_id: cardId, security_code: "123" } });
    expect(again).toMatchObject({ card_id: cardId, status: "active", security_code_length: 3 });
    const payment = await mp().payment.create({
      body: { transaction_amount: 10, token: again.id ?? "", payer: { email: email() } },
    });
    expect(payment.status_detail).toBe("cc_rejected_insufficient_amount");
    const body = { expiration_month: 1, expiration_year: 2027, cardholder: { name: "Test" } };
    expect(await mp().customerCard.update({ customerId, cardId, body: body as never })).toMatchObject(body);
    expect(await mp().customerCard.list({ customerId })).toHaveLength(1);
    expect(await mp().customerCard.get({ customerId, cardId })).toMatchObject({ id: cardId });
    expect(await mp().customerCard.remove({ customerId, cardId })).toMatchObject({ id: cardId });
    expect(await mp().customerCard.list({ customerId })).toHaveLength(0);
  });

  it("when identification types are asked, then those of Brazil are answered", async () => {
    await start();
    expect([...(await mp().identificationType.list())].map(({ id }) => id)).toEqual(["CPF", "CNPJ"]);
  });
});
