import { describe, expect, it } from "vitest";
import { createQrOrder, mp, start } from "./harness.ts";

describe("the seller's account", () => {
  it("when the SDK asks who and how, then user and payment methods are answered", async () => {
    await start();
    expect(await mp().user.get()).toMatchObject({ id: 2000000001, site_id: "MLB", country_id: "BR" });
    const methods = await mp().paymentMethod.get();
    expect([...methods].map(({ id }) => id)).toContain("pix");
  });

  it("when a merchant order is created and changed by the SDK, then it keeps what was sent", async () => {
    await start();
    const created = await mp().merchantOrder.create({ body: { external_reference: "m1" } as never });
    const merchantOrderId = created.id ?? 0;
    await mp().merchantOrder.update({
      merchantOrderId,
      body: { items: [{ title: "x", quantity: 2, unit_price: 1.5 }] } as never,
    });
    expect(await mp().merchantOrder.get({ merchantOrderId })).toMatchObject({
      external_reference: "m1",
      total_amount: 3,
      status: "opened",
      order_status: "payment_required",
    });
  });
});

describe("stores and tills", () => {
  const store = {
    name: "Quiosque",
    external_id: "QUIOSQUE1",
    location: { street_name: "Rua A", street_number: "1", city_name: "São Paulo", state_name: "São Paulo" },
  };

  it("when a store and a till are opened, then orders can be charged at the till", async () => {
    const { authorized } = await start();
    const opened = await authorized("POST", "/users/2000000001/stores", { body: store });
    expect(opened).toMatchObject({
      status: 201,
      body: { name: "Quiosque", location: { address_line: "Rua A, 1, São Paulo, São Paulo" } },
    });
    const till = await authorized("POST", "/pos", {
      body: { name: "Caixa 2", store_id: opened.body.id, external_id: "CAIXA2", fixed_amount: true },
    });
    expect(till).toMatchObject({
      status: 201,
      body: { status: "active", external_id: "CAIXA2", external_store_id: "QUIOSQUE1" },
    });
    const order = await createQrOrder({ config: { qr: { external_pos_id: "CAIXA2", mode: "hybrid" } } });
    expect(order.qrCode).toContain("SIMULADOR Quiosque");
    expect((await authorized("GET", `/stores/${opened.body.id}/`)).body.name).toBe("Quiosque");
    expect((await authorized("GET", "/users/2000000001/stores/search?external_id=QUIOSQUE1")).body.paging.total).toBe(
      1,
    );
    expect(
      (await authorized("PUT", `/users/2000000001/stores/${opened.body.id}`, { body: { name: "Outro" } })).body.name,
    ).toBe("Outro");
    expect((await authorized("DELETE", `/users/2000000001/stores/${opened.body.id}`)).status).toBe(200);
    expect((await authorized("GET", `/stores/${opened.body.id}`)).status).toBe(404);
  });

  it("when the newer form is used, then it asks for a key and answers its own shape", async () => {
    const { authorized } = await start();
    const [{ store_id: storeId }] = (await authorized("GET", "/pos")).body.results;
    const body = { name: "Caixa 3", store_id: String(storeId), external_id: "CAIXA3" };
    expect((await authorized("POST", "/v2/pos", { body })).body).toMatchObject({
      status: 400,
      error: "empty_required_header",
    });
    expect((await authorized("POST", "/v2/pos", { body, key: "p3" })).body).toMatchObject({
      external_id: "CAIXA3",
      qr_response: { image: expect.stringMatching(/^data:image\/png/) },
      config: { qr: { operating_mode: "static" } },
    });
  });

  it("when a till exists, its store does not, or the user is another, then each is refused", async () => {
    const { authorized } = await start();
    const [{ store_id: storeId }] = (await authorized("GET", "/pos")).body.results;
    const taken = { name: "x", store_id: storeId, external_id: "COMANDA01" };
    expect((await authorized("POST", "/pos", { body: taken })).body).toMatchObject({
      status: 409,
      error: "pos_already_exists",
    });
    expect((await authorized("POST", "/pos", { body: { name: "x", store_id: 1 } })).body).toMatchObject({
      status: 404,
      error: "store_not_found",
    });
    expect((await authorized("POST", "/users/5/stores", { body: store })).status).toBe(403);
    expect((await authorized("GET", "/pos/1")).status).toBe(404);
  });
});
