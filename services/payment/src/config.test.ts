import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

const good = {
  PAYMENT_DATABASE_URL: "postgresql://payment@127.0.0.1/payment",
  PAYMENT_CLIENT_SECRET: "a-client-secret-that-nobody-but-tests-know",
  MERCADOPAGO_ACCESS_TOKEN: "APP_USR-test",
  MERCADOPAGO_WEBHOOK_SECRET: "a-webhook-secret",
};

describe("config", () => {
  it("when the needed things are there, then the rest has defaults, and Mercado Pago is the real one", () => {
    const config = readConfig(good);
    expect(config).toMatchObject({
      PAYMENT_PORT: 8002,
      PAYMENT_EXPIRES_IN: 300,
      MERCADOPAGO_EXTERNAL_POS_ID: "COMANDA01",
    });
    expect(config.MERCADOPAGO_BASE_URL).toBeUndefined();
  });

  it.each([
    ["no store", { PAYMENT_DATABASE_URL: "" }, "PAYMENT_DATABASE_URL or MONGODB_URI is missing"],
    ["a provider in the open", { MERCADOPAGO_BASE_URL: "http://mp.example" }, "MERCADOPAGO_BASE_URL must be https"],
    ["a public address without TLS", { PUBLIC_URL: "http://lanche.example" }, "PUBLIC_URL is not usable"],
    ["a QR of ten seconds", { PAYMENT_EXPIRES_IN: "10" }, "PAYMENT_EXPIRES_IN is not usable"],
    [
      "a former token of another seller",
      { MERCADOPAGO_ACCESS_TOKEN: "APP_USR-1-x-7", MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: "APP_USR-1-x-8" },
      "MERCADOPAGO_ACCESS_TOKEN_PREVIOUS is not of the application and seller of MERCADOPAGO_ACCESS_TOKEN",
    ],
    [
      "a former token of another application",
      { MERCADOPAGO_ACCESS_TOKEN: "APP_USR-1-x-7", MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: "APP_USR-2-x-7" },
      "MERCADOPAGO_ACCESS_TOKEN_PREVIOUS is not of",
    ],
    [
      "a former token that does not say whose it is",
      { MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: "APP_USR-test" },
      "MERCADOPAGO_ACCESS_TOKEN_PREVIOUS is not of",
    ],
    ["no token", { MERCADOPAGO_ACCESS_TOKEN: "" }, "MERCADOPAGO_ACCESS_TOKEN is missing"],
  ])("when there is %s, then the start says so", (_what, difference, fault) => {
    expect(() => readConfig({ ...good, ...difference })).toThrow(fault);
  });

  it("when the former token is of the same application and seller, then both are there, and neither is shown", () => {
    const tokens = {
      MERCADOPAGO_ACCESS_TOKEN: "APP_USR-1-new-7",
      MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: "APP_USR-1-old-7",
    };
    expect(readConfig({ ...good, ...tokens })).toMatchObject(tokens);
    const foreign = { ...tokens, MERCADOPAGO_ACCESS_TOKEN_PREVIOUS: "APP_USR-1-secret-8" };
    expect(() => readConfig({ ...good, ...foreign })).toThrow(/^(?!.*(new|secret))/);
  });

  it("when MongoDB is given, then no PostgreSQL is needed", () => {
    expect(readConfig({ ...good, PAYMENT_DATABASE_URL: "", MONGODB_URI: "mongodb://127.0.0.1/payment" })).toBeDefined();
  });
});
