import { beforeEach, describe, expect, it } from "vitest";
import { harvest, harvestBody, harvestHeaders, harvestSettings } from "./harvest.ts";
import { type Kept, keepFromNowOn, noteMetrics } from "./planted.ts";

// Takes the place of what this file itself would keep: nothing here goes through a service.
let kept: Kept;
beforeEach(() => {
  kept = keepFromNowOn();
});

const planted = () => [...kept.planted.values()].map(({ name, value }) => `${name}: ${value}`);
const TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJyb3NhIn0.c2lnbmF0dXJl";

describe("what is planted by itself", () => {
  it.each([
    ["a CPF", { cpf: "529.982.247-25" }, "a CPF: 52998224725"],
    ["a CPF in words", { comment: "sou 529.982.247-25" }, "a CPF: 52998224725"],
    ["a CPF as a name", { "529.982.247-25": 1 }, "a CPF: 52998224725"],
    ["a CPF as Mercado Pago says it", { payer: { type: "CPF", number: "52998224725" } }, "a CPF: 52998224725"],
    ["an e-mail", { items: [{ email: "rosa@exemplo.com.br" }] }, "an e-mail: rosa@exemplo.com.br"],
    ["an e-mail in words", { reason: "avisar rosa@exemplo.com.br" }, "an e-mail: rosa@exemplo.com.br"],
    ["a password", { new_password: "um pastel de queijo" }, "a password: um pastel de queijo"],
    ["a code", { pairing_code: "K7Q2M9TZ" }, "a code: K7Q2M9TZ"],
    ["recovery codes", { recovery_codes: ["abcd1-efgh2"] }, "a code: abcd1-efgh2"],
    ["a PIN", { pin: "480213" }, "a PIN: 480213"],
    ["a token that is no JWT", { refresh_token: "r4ndom-and-opaque" }, "a token: r4ndom-and-opaque"],
    ["a secret", { client_secret: "of-one-service" }, "a secret: of-one-service"],
  ])("when %s is in a body, then it is", (_what, body, expected) => {
    harvest(body);
    expect(planted()).toContain(expected);
  });

  it("when a token comes in a head, then its claims and its signature are, each alone", () => {
    harvestHeaders([["Authorization", `Bearer ${TOKEN}`]]);
    expect(planted()).toEqual(["a token: eyJzdWIiOiJyb3NhIn0", "a token: c2lnbmF0dXJl"]);
  });

  it("when a service says who it is by HTTP Basic, then its secret is", () => {
    harvestHeaders([["authorization", `Basic ${Buffer.from("order:of one:service").toString("base64")}`]]);
    expect(planted()).toContain("a secret: of one:service");
  });

  it("when a body is a form or broken JSON, then what is in it is", () => {
    harvestBody("username=rosa%40exemplo.com.br&password=um+pastel", "application/x-www-form-urlencoded");
    harvestBody('{"cpf":"529.982.247-25"', "application/json");
    expect(planted()).toEqual(["an e-mail: rosa@exemplo.com.br", "a password: um pastel", "a CPF: 52998224725"]);
  });

  it("when a service is started, then its secrets are, and the password of its database", () => {
    harvestSettings({
      MERCADOPAGO_WEBHOOK_SECRET: "of the notices",
      MERCADOPAGO_ACCESS_TOKEN: "APP_USR-0123456789",
      ORDER_DATABASE_URL: "postgresql://order:of%20one%20role@127.0.0.1/order",
      AUTH_ISSUER: "http://auth.test",
    });
    expect(planted().map((each) => each.replace("a secret of the service: ", ""))).toEqual([
      "of the notices",
      "APP_USR-0123456789",
      "of one role",
    ]);
  });

  it("when a picture's bytes spell an address of mail, then it is not", () => {
    harvestBody("\u00ff\u00d8mz@mz5-7.s", "image/jpeg");
    expect(planted()).toEqual([]);
    harvestBody("ana@mz5-7.s", "text/plain");
    expect(planted()).toEqual(["an e-mail: ana@mz5-7.s"]);
  });

  it("when it is a word of our own, a repetition or too short, then it is not", () => {
    harvest({
      password: "password",
      pin: "1234",
      code: "email_taken",
      client_secret: "xxxxxxxxxxxx",
      cpf: "11111111111",
    });
    expect(planted()).toEqual([]);
  });
});

describe("what is kept of figures", () => {
  it("when a service shows them, then it is their names and labels, and no number that may be somebody's code", () => {
    noteMetrics("auth", '# TYPE heap gauge\nheap{space="new"} 480213\nrequests{route="/x/39053344705"} 1.5e-7');
    expect(kept.texts.get("metrics of auth")).toEqual([
      '# TYPE heap\nheap{space="new"}\nrequests{route="/x/39053344705"}',
    ]);
  });
});
