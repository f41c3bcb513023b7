import { systemClock } from "@comanda/primitives";
import { ConfigError } from "@comanda/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../src/config.ts";
import { readFirstAdmin } from "../src/first-admin.ts";
import { ensureFirstAdmin } from "../src/use-cases/ensure-first-admin.ts";
import { registerGuest } from "./builders.ts";
import { type Auth, postToken, settings, startAuth } from "./harness.ts";

const config: Config = {
  ...settings,
  HOST: "127.0.0.1",
  AUTH_PORT: 0,
  LOG_LEVEL: "info",
  TRUSTED_PROXIES: "none",
  AUTH_DATABASE_URL: "postgresql://127.0.0.1/none",
  AUTH_KEYS_DIR: "none",
  ORDER_URL: "http://127.0.0.1:1",
  PAYMENT_URL: "http://127.0.0.1:1",
  REPEAT_ERASURES: false,
  ADMIN_NAME: "Administrador",
  ADMIN_EMAIL: "admin@comanda.local",
  ADMIN_PASSWORD: "uma senha bem longa",
};

let auth: Auth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const ensure = async (difference: Partial<Config> = {}) => {
  const first = readFirstAdmin({ ...config, ...difference });
  if (first === null) throw new Error("expected somebody to make");
  return ensureFirstAdmin({ ...auth, clock: systemClock }, first);
};

describe("the first administrator", () => {
  it("when a guest has the e-mail already, then nobody is made and the start can say why", async () => {
    await registerGuest(auth, { email: "dona@exemplo.com.br" });
    await expect(ensure({ ADMIN_EMAIL: "dona@exemplo.com.br" })).rejects.toThrow(/cannot be made: email-taken/);
  });

  // Several processes may start at the same moment on an empty database.
  it("when ten starts happen at once, then one administrator is made, who can sign in", async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => ensure()));
    expect(outcomes.sort()).toEqual(["created", ...Array.from({ length: 9 }, () => "present")]);
    const answer = await postToken(auth, { username: "admin@comanda.local", password: "uma senha bem longa" });
    expect(answer.json().scope).toBe("staff:admin");
  });

  it("when there is an administrator, then other settings change nothing", async () => {
    const outcome = await ensure({ ADMIN_EMAIL: "outra@exemplo.com.br", ADMIN_PASSWORD: "outra senha longa" });
    expect(outcome).toBe("present");
    const answer = await postToken(auth, { username: "outra@exemplo.com.br", password: "outra senha longa" });
    expect(answer.statusCode).toBe(400);
  });
});

describe("the settings of the first administrator", () => {
  it("when no password is given, then there is nobody to make", () => {
    const { ADMIN_PASSWORD: _, ...without } = config;
    expect(readFirstAdmin(without)).toBeNull();
  });

  it("when several are unusable, then each is named and none is shown", () => {
    const bad = { ...config, ADMIN_EMAIL: "nobody", ADMIN_CPF: "52998224726", ADMIN_PASSWORD: "1234567" };
    const read = () => readFirstAdmin(bad);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/ADMIN_EMAIL.*ADMIN_CPF.*ADMIN_PASSWORD/);
    const namesTheShop = { ...config, SHOP_NAME: "Lanche Bom", ADMIN_PASSWORD: "meu L.a.n.c.h.e Bom de 2026" };
    expect(() => readFirstAdmin(namesTheShop)).toThrow(/ADMIN_PASSWORD/);
    expect(read).not.toThrow(/52998224726|1234567/);
  });
});
