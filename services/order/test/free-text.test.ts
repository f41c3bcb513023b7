import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCategory, makeProduct } from "./menu-builders.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
beforeAll(async () => {
  harness = await startOrderingHarness();
});
afterAll(() => harness.close());

const CPF = "529.982.247-25";
const CARD = "5031 4332 1540 6351";
const EMAIL = "ana.souza@exemplo.com.br";
const TRACES = ["52998224725", "982.247", "5031433215406351", "5031 4332", "ana.souza"];

/** Every row of every table of the service. */
async function dump(): Promise<string> {
  const { pool } = harness.database;
  const tables = await pool.query("select table_name from information_schema.tables where table_schema = 'public'");
  const texts = await Promise.all(
    tables.rows.map(async ({ table_name: table }) => (await pool.query(`select t::text as text from ${table} t`)).rows),
  );
  return texts
    .flat()
    .map(({ text }) => String(text))
    .join("\n");
}

async function expectNowhere(): Promise<void> {
  const everything = `${await dump()}\n${JSON.stringify(harness.payment.events)}`;
  for (const trace of TRACES) expect(everything.includes(trace), trace).toBe(false);
}

describe("what people write of themselves into an order", () => {
  it("when a CPF, a card or an e-mail stands in name, wish or table, then it is kept as *** and the rest as it was", async () => {
    const items = [{ product_id: harness.productId, quantity: 1, comment: `CPF na nota: ${CPF}, sem cebola` }];
    const body = { items, customer_name: `Ana ${CPF.replaceAll(/\D/g, "")}`, table: "12 a@b.co" };
    const placed = await harness.place(body);
    expect(placed.statusCode).toBe(201);
    expect(placed.json()).toMatchObject({
      customer_name: "Ana ***",
      table: "12 ***",
      items: [{ comment: "CPF na nota: ***, sem cebola" }],
    });
    const card = [{ product_id: harness.productId, quantity: 1, comment: `cobra no ${CARD} e avisa ${EMAIL}` }];
    const key = { ...(await harness.as("customer")), "idempotency-key": newId() };
    const [first, again] = [await harness.place({ items: card }, key), await harness.place({ items: card }, key)];
    expect(first.json().items[0].comment).toBe("cobra no *** e avisa ***");
    expect([again.headers["idempotency-replayed"], again.json().id]).toEqual(["true", first.json().id]);
    await expectNowhere();
  });

  it("when it stands in a reason, of a guest or of staff, then as well", async () => {
    const reason = `falar com ${EMAIL}, ${CPF}`;
    const guest = { ...(await harness.as("customer")), "idempotency-key": newId() };
    const mine = await harness.placed({}, guest);
    const cancelled = await harness.call("POST", `/orders/${mine.id}/cancel`, { headers: guest, payload: { reason } });
    expect(cancelled.statusCode).toBe(200);
    const paid = await harness.paid();
    const [line] = paid.items;
    const staff = await harness.as("kitchen");
    const refused = await harness.call("PATCH", `/orders/${paid.id}/items/${line?.id}`, {
      headers: staff,
      payload: { status: "refused", reason },
    });
    expect(refused.statusCode).toBe(200);
    const cashier = await harness.as("cashier");
    const back = `/orders/${paid.id}/items/${line?.id}/refund`;
    await harness.call("POST", back, { headers: cashier, payload: { reason } });
    const other = await harness.paid();
    expect((await harness.patch(other.id, { status: "rejected", reason })).statusCode).toBe(200);
    const tracking = await harness.call("GET", `/orders/${mine.id}/tracking`, { headers: guest });
    expect(tracking.body).not.toContain("exemplo.com.br");
    await expectNowhere();
    expect(await dump()).toContain("falar com ***, ***");
  });

  it("when a text is as long as it may be, then masking does not make it longer", async () => {
    const comment = "a@b.co ".repeat(28).slice(0, 200).trim();
    const placed = await harness.place({ items: [{ product_id: harness.productId, quantity: 1, comment }] });
    expect(placed.statusCode).toBe(201);
  });

  it("when numbers are of use to the kitchen, then they stay", async () => {
    const comment = "2 sem sal, ligar 11 98765-4321, R$ 12,90 de troco, 1/2 porção";
    const placed = await harness.place({ items: [{ product_id: harness.productId, quantity: 1, comment }] });
    expect(placed.json().items[0].comment).toBe(comment);
  });
});

describe("what everybody may read on the menu", () => {
  const write = async (method: "POST" | "PATCH", url: string, payload: object, language = "pt-BR") =>
    harness.app.inject({
      method,
      url,
      headers: { ...(await harness.as("admin")), "accept-language": language },
      payload,
    });

  it("when a CPF or a card number stands there, then it is refused, and the keeper of the menu is told where", async () => {
    const category = await makeCategory(harness);
    const product = await makeProduct(harness, { category_id: category });
    const plain = { name: "Pastel", price_cents: 990, category_id: category };
    for (const [method, url, payload, path] of [
      ["POST", "/products", { ...plain, description: `da Ana, CPF ${CPF}` }, "/description"],
      ["POST", "/products", { ...plain, name: CARD }, "/name"],
      ["POST", "/products", { ...plain, removable: ["cebola", "52998224725"] }, "/removable/1"],
      ["PATCH", `/products/${product.id}`, { image_alt: CPF }, "/image_alt"],
      ["POST", "/categories", { name: `Lanches ${CPF}` }, "/name"],
      ["PATCH", `/categories/${category}`, { name: CARD }, "/name"],
    ] as const) {
      const answer = await write(method, url, payload);
      expect(answer.statusCode, url).toBe(422);
      expect(answer.json().code).toBe("validation-failed");
      const message = "contém um CPF ou número de cartão, que todo mundo leria";
      expect(answer.json().errors).toContainEqual({ path, message });
      expect(answer.body).not.toContain("982");
      const english = await write(method, url, payload, "en");
      expect(english.body).toContain("holds a CPF or card number, which everybody would read");
    }
    await expectNowhere();
  });

  it("when the shop writes its e-mail, telephone, CNPJ or a bar code, then that is its own", async () => {
    const description =
      "Encomendas: (11) 98765-4321, pedidos@lanchonete.com.br, CNPJ 11.222.333/0001-81, 7891000100103";
    expect((await makeProduct(harness, { description }))["description"]).toBe(description);
  });
});
