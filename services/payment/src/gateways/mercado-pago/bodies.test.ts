import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aCharge, NOON } from "../../../test/builders.ts";
import type { Charge } from "../../domain/charge.ts";
import type { PaymentProvider } from "../payment-provider.ts";
import { makeMercadoPago } from "./mercado-pago.ts";

// What Mercado Pago is told: the rows of docs/mercadopago-quality.md that its own measurement looks at.

type Sent = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Record<string, unknown> };

let server: Server;
let provider: PaymentProvider;
const sent: Sent[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => {
      const body = text === "" ? {} : JSON.parse(text);
      sent.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify({ id: "1-2", init_point: "https://mercadopago.test/", ...body }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  provider = makeMercadoPago({
    accessToken: "APP_USR-test",
    externalPosId: "COMANDA01",
    publicUrl: "https://lanche.example",
    baseUrl: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    statementDescriptor: "LANCHE BOM",
    identifiers: { platformId: "platform-1", integratorId: "dev_1" },
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});
beforeEach(() => {
  sent.length = 0;
});

const place = {
  deviceId: "0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a05",
  externalPosId: "TOTEM2",
  terminalId: "NEWLAND_N950__1",
};
const made = (method: Charge["method"]) => aCharge({ method, status: "created", providerId: null, place });
const bodyOf = () => sent.at(-1)?.body ?? {};

describe("what a QR order says", () => {
  it("when a QR is made, then every line has title, quantity, price, code and category, and nobody's name", async () => {
    const charge = made("qr");
    await provider.createQrCharge(charge, 300);
    expect(bodyOf()).toMatchObject({
      type: "qr",
      description: "Pedido 47",
      external_reference: charge.id,
      expiration_time: "PT300S",
      total_amount: "100.00",
      config: { qr: { external_pos_id: "TOTEM2", mode: "dynamic" } },
      items: [
        {
          title: "X-Salada",
          quantity: 2,
          unit_price: "50.00",
          unit_measure: "unit",
          external_code: "1",
          external_categories: [{ id: "food" }],
        },
      ],
    });
    for (const field of ["payer", "notification_url", "currency"]) expect(bodyOf()).not.toHaveProperty(field);
  });
});

describe("what an order at a card terminal says", () => {
  it("when one is made, then it names terminal, ticket and amount with two decimals, and nothing that is refused", async () => {
    const charge = made("terminal");
    await provider.createTerminalCharge(charge, 120);
    expect(bodyOf()).toEqual({
      type: "point",
      description: "Pedido 47",
      external_reference: charge.id,
      expiration_time: "PT120S",
      config: {
        point: { terminal_id: "NEWLAND_N950__1", print_on_terminal: "no_ticket", ticket_number: "47" },
      },
      transactions: { payments: [{ amount: "100.00" }] },
    });
  });

  it("when it is closed, then the header that lets the terminal give it up goes with the token and the key", async () => {
    const charge = aCharge({ method: "terminal", place, providerId: "ORD01K372G4J4FXZ9HGHZMJMGGPKE" });
    await provider.cancelCharge(charge);
    expect(sent[0]).toMatchObject({
      path: "POST /v1/orders/ORD01K372G4J4FXZ9HGHZMJMGGPKE/cancel",
      headers: {
        "x-allow-cancelable-status": "at_terminal",
        authorization: "Bearer APP_USR-test",
        "x-idempotency-key": `cancel-${charge.id}-${charge.version}`,
      },
    });
  });
});

describe("what a link says", () => {
  it("when one is made, then every line has id, title, description, category, quantity and price", async () => {
    await provider.createLink(made("link"));
    expect(bodyOf()["items"]).toEqual([
      {
        id: "1",
        title: "X-Salada",
        description: "Pedido 47",
        category_id: "food",
        quantity: 2,
        unit_price: 50,
        currency_id: "BRL",
      },
    ]);
  });

  it("when one is made, then it says the way back, its end, the statement's name and what cannot pay it", async () => {
    const charge = made("link");
    await provider.createLink({ ...charge, expiresAt: new Date(NOON.getTime() + 900_000) });
    const back = "https://lanche.example/";
    expect(bodyOf()).toMatchObject({
      external_reference: charge.id,
      statement_descriptor: "LANCHE BOM",
      back_urls: { success: back, pending: back, failure: back },
      auto_return: "approved",
      notification_url: "https://lanche.example/payments/webhook?source_news=webhooks",
      expires: true,
      expiration_date_to: "2026-01-15T09:15:00.000-03:00",
      payment_methods: { excluded_payment_types: [{ id: "ticket" }, { id: "atm" }], installments: 1 },
    });
    // A Pix that waits would be refused by it.
    expect(bodyOf()).not.toHaveProperty("binary_mode");
  });

  it("when the payer is named, then the payment page knows them, by a call of its own", async () => {
    const charge = aCharge({ method: "link", providerId: "1-2" });
    await provider.namePayer(charge, {
      name: "Ana",
      surname: "Souza",
      email: "ana@example.com",
      cpf: "529.982.247-25",
    });
    expect(sent).toMatchObject([
      {
        path: "PUT /checkout/preferences/1-2",
        headers: { "x-idempotency-key": `payer-${charge.id}` },
        body: {
          payer: {
            name: "Ana",
            surname: "Souza",
            email: "ana@example.com",
            identification: { type: "CPF", number: "52998224725" },
          },
        },
      },
    ]);
  });
});

describe("what every call says", () => {
  it("when Mercado Pago has given identifiers, then each call bears them", async () => {
    await provider.createQrCharge(made("qr"), 300);
    await provider.createLink(made("link"));
    expect(sent).toHaveLength(2);
    for (const { headers } of sent) {
      expect(headers).toMatchObject({ "x-platform-id": "platform-1", "x-integrator-id": "dev_1" });
    }
  });
});
