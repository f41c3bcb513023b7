import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { glob } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "@comanda/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { claimDataDirectory } from "./data-directory.ts";
import { OTHER_WAYS, OWNERS } from "./own-secrets.ts";
import { checkPorts } from "./ports.ts";
import { planProcesses } from "./processes.ts";
import { ensureSecrets } from "./secrets.ts";
import { readSettings } from "./settings.ts";

function settingsIn(variables: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), "comanda-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return readSettings({ DATA_DIR: join(home, "data"), ...variables });
}

describe("readSettings", () => {
  test("when nothing is set, then everything has its default and nothing from outside is needed", () => {
    const settings = readSettings({});
    expect(settings.ports).toEqual({
      WEB_PORT: 8080,
      AUTH_PORT: 8000,
      ORDER_PORT: 8001,
      PAYMENT_PORT: 8002,
      SANDBOX_PORT: 8003,
    });
    expect(settings).toMatchObject({
      dataDirShown: ".data",
      adminEmail: "admin@comanda.local",
      needsPostgres: true,
      usesSandbox: true,
    });
  });

  test.each(["abc", "0", "65536", "80.5", "-1", "1e3"])("when WEB_PORT is %s, then one sentence names it", (text) => {
    expect(() => readSettings({ WEB_PORT: text })).toThrow(
      `WEB_PORT=${text} não serve: a porta é um número de 1 a 65535.`,
    );
  });

  test.each([
    ["PAYMENT_EXPIRES_IN", "5", "são segundos, de 30 a 10800"],
    ["ORDER_EXPIRES_IN", "x", "são segundos, de 60 a 86400"],
    ["PUBLIC_URL", "loja.example", "escreva um endereço como https://"],
  ])("when %s is %s, then one sentence names it, before anything is begun", (name, text, why) => {
    expect(() => readSettings({ [name]: text })).toThrow(`${name}=${text} não serve: ${why}`);
  });

  test("when two ports are the same, then one sentence names both", () => {
    expect(() => readSettings({ WEB_PORT: "8001" })).toThrow("WEB_PORT e ORDER_PORT pedem a mesma porta, 8001");
  });

  test("when every service brings its database, then PostgreSQL is not started; when one is missing, it is", () => {
    const two = { AUTH_DATABASE_URL: "postgres://a", ORDER_DATABASE_URL_FILE: "/run/secrets/order" };
    expect(readSettings(two).needsPostgres).toBe(true);
    expect(readSettings({ ...two, MONGODB_URI: "mongodb://b" }).needsPostgres).toBe(false);
    expect(readSettings({ ...two, PAYMENT_DATABASE_URL: "" }).needsPostgres).toBe(true);
  });
});

describe("claimDataDirectory", () => {
  test("when another start uses it, then one sentence says which process, until that lets go", () => {
    const settings = settingsIn();
    const first = claimDataDirectory(settings);
    expect(first.wasAbandoned).toBe(false);
    expect(() => claimDataDirectory(settings)).toThrow(`já está em uso por outro npm start (processo ${process.pid})`);
    first.release();
    claimDataDirectory(settings).release();
  });

  // The id of a dead process is given to another one sooner or later, above all in a container.
  test("when the lock's process is gone, even if its id lives on, then the directory is taken over", () => {
    const settings = settingsIn();
    for (const stale of ["999999999:boot:1", `${process.pid}:another-boot:7`, ""]) {
      claimDataDirectory(settings).release();
      writeFileSync(join(settings.dataDir, "start.lock"), stale);
      const taken = claimDataDirectory(settings);
      expect(taken.wasAbandoned).toBe(true);
      taken.release();
    }
  });

  test("when it lies where nothing can be made, then one sentence says so", () => {
    expect(() => claimDataDirectory(settingsIn({ DATA_DIR: "/proc/none/data" }))).toThrow(
      "pasta de dados /proc/none/data",
    );
  });

  test("when it cannot be made, then one sentence names it and the variable", () => {
    const settings = settingsIn();
    writeFileSync(settings.dataDir, "a file, not a folder");
    expect(() => claimDataDirectory(settings)).toThrow(
      /Não é possível gravar na pasta de dados .*; escolha outra com DATA_DIR/,
    );
  });
});

describe("checkPorts", () => {
  test("when a port is taken, then one sentence names the port and its variable", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void blocker.close());
    const port = await waitFor(() => Reflect.get(Object(blocker.address()), "port"));
    const settings = settingsIn({ PAYMENT_PORT: String(port) });
    await expect(
      checkPorts({ ...settings, ports: { ...settings.ports, PAYMENT_PORT: Number(port) } }, { isAfterCrash: false }),
    ).rejects.toThrow(`A porta ${port} (PAYMENT_PORT) já está em uso`);
  });
});

describe("ensureSecrets", () => {
  function prepare(variables: Record<string, string> = {}) {
    const settings = settingsIn(variables);
    claimDataDirectory(settings).release();
    return { settings, secrets: ensureSecrets(settings) };
  }

  test("when made, then they are random, readable by their owner only, and the same the next time", () => {
    const { settings, secrets } = prepare();
    const other = prepare().secrets;
    for (const name of ["ORDER_CLIENT_SECRET", "PAYMENT_CLIENT_SECRET", "PERSONAL_DATA_KEY"] as const) {
      const value = readFileSync(secrets.fileOf(name), "utf8");
      expect(value.length).toBeGreaterThanOrEqual(43);
      expect(value).not.toBe(readFileSync(other.fileOf(name), "utf8"));
      expect(statSync(secrets.fileOf(name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(join(settings.dataDir, "secrets")).mode & 0o777).toBe(0o700);
    const before = readdirSync(secrets.keysDir);
    expect(before).toHaveLength(1);
    expect(ensureSecrets(settings).admin.password).toBe(secrets.admin.password);
    expect(readdirSync(secrets.keysDir)).toEqual(before);
  });

  test("when the administrator has no password, then one is kept for the owner, and is new until it was shown", () => {
    const { settings, secrets } = prepare();
    expect(secrets.admin).toMatchObject({ email: "admin@comanda.local", isNew: true });
    expect(statSync(join(settings.dataDir, "admin.txt")).mode & 0o777).toBe(0o600);
    expect(ensureSecrets(settings).admin.isNew).toBe(true);
    secrets.admin.noteShown();
    expect(ensureSecrets(settings).admin.isNew).toBe(false);
  });

  test("when ADMIN_PASSWORD is given, then none is made or kept", () => {
    const { settings, secrets } = prepare({ ADMIN_PASSWORD: "uma senha bem longa" });
    expect(secrets.admin.password).toBeUndefined();
    expect(existsSync(join(settings.dataDir, "admin.txt"))).toBe(false);
  });

  test("when a folder is half made by a killed start, then it is completed", () => {
    const settings = settingsIn();
    mkdirSync(join(settings.dataDir, "secrets"), { recursive: true });
    chmodSync(join(settings.dataDir, "secrets"), 0o700);
    writeFileSync(join(settings.dataDir, "secrets", "order-client-secret.new"), "half");
    const secrets = ensureSecrets(settings);
    expect(readFileSync(secrets.fileOf("ORDER_CLIENT_SECRET"), "utf8")).toHaveLength(43);
  });
});

describe("planProcesses", () => {
  function plan(variables: Record<string, string> = {}) {
    const settings = settingsIn(variables);
    claimDataDirectory(settings).release();
    return planProcesses({ settings, secrets: ensureSecrets(settings) });
  }

  test("when a person set a variable, directly or as a file, then ours does not stand in its way", () => {
    const databaseUrl = "postgresql://ours";
    const direct = plan({ AUTH_DATABASE_URL: "postgresql://theirs" }).auth({ databaseUrl });
    expect(direct.environment["AUTH_DATABASE_URL"]).toBe("postgresql://theirs");
    const asFile = plan({ AUTH_DATABASE_URL_FILE: "/run/secrets/db" }).auth({ databaseUrl });
    expect(asFile.environment["AUTH_DATABASE_URL"]).toBeUndefined();
    expect(plan().auth({ databaseUrl }).environment["AUTH_DATABASE_URL"]).toBe(databaseUrl);
  });

  test("when secrets are given by the environment, then each reaches those alone who need it, direct or as a file", () => {
    const given = Object.fromEntries(Object.keys(OWNERS).map((name) => [name, `the ${name}`]));
    for (const variables of [given, Object.fromEntries(Object.keys(given).map((name) => [`${name}_FILE`, "/run/x"]))]) {
      const plans = plan(variables);
      const all = [
        ...[plans.sandbox(), plans.gateway()],
        ...[plans.auth, plans.order, plans.payment].map((planOf) => planOf({ databaseUrl: "postgresql://ours" })),
      ];
      for (const { name: process, environment } of all) {
        const told = Object.keys(variables).filter((name) => name in environment);
        const meant = Object.keys(variables).filter((name) => OWNERS[name.replace(/_FILE$/, "")]?.includes(process));
        expect(told, process).toEqual(meant);
      }
      expect(all).toHaveLength(5);
    }
  });

  // A setting that opens something and is in no list would be told to everybody.
  test("when a service reads a secret, then the list says whose it is", async () => {
    const found: string[] = [];
    for await (const path of glob("services/*/src/config.ts")) {
      const service = path.split(/[\\/]/)[1];
      for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/^ {2}([A-Z][A-Z_]+): /gm)) {
        if (!/SECRET|PASSWORD|TOKEN$|_KEY|KEYS|DATABASE_URL|_URI|SMTP|CPF/.test(name)) continue;
        found.push(name);
        expect(OWNERS[name], `${name} of ${service}`).toContain(service);
      }
    }
    expect(found.length).toBeGreaterThan(15);
  });

  // A secret without a second value could only be changed with an outage.
  test("when a secret is in the list, then two values of it are good at once, or it is said what is done instead", () => {
    const names = Object.keys(OWNERS).filter((name) => !name.endsWith("_PREVIOUS"));
    for (const name of names) expect(`${name}_PREVIOUS` in OWNERS !== name in OTHER_WAYS, name).toBe(true);
    expect(Object.keys(OTHER_WAYS).filter((name) => !names.includes(name))).toEqual([]);
    const formers = Object.keys(OWNERS).filter((name) => name.endsWith("_PREVIOUS"));
    expect(formers.filter((name) => !names.includes(name.replace(/_PREVIOUS$/, "")))).toEqual([]);
    expect(formers.length).toBeGreaterThan(6);
  });

  test("when a former value is told to a process, then its service reads it", () => {
    for (const [name, services] of Object.entries(OWNERS)) {
      if (!name.endsWith("_PREVIOUS")) continue;
      for (const service of services) {
        const path =
          service === "sandbox" ? "packages/mercadopago-sandbox/src/main.ts" : `services/${service}/src/config.ts`;
        expect(readFileSync(path, "utf8"), path).toMatch(new RegExp(`\\b${name}\\b`));
      }
    }
  });

  test("when real Mercado Pago credentials are given, then nothing points at the sandbox", () => {
    const real = plan({ MERCADOPAGO_ACCESS_TOKEN: "APP_USR-real" });
    const payment = real.payment({ databaseUrl: "x" }).environment;
    expect(payment["MERCADOPAGO_BASE_URL"]).toBeUndefined();
    expect(payment["MERCADOPAGO_ACCESS_TOKEN_FILE"]).toBeUndefined();
    expect(real.gateway().environment["SANDBOX_URL"]).toBeUndefined();
  });

  test("when real money is taken, then staff need a second factor, unless the person says otherwise", () => {
    const token = { MERCADOPAGO_ACCESS_TOKEN: "APP_USR-real" };
    const mfaOf = (variables: Record<string, string>) =>
      plan(variables).auth({ databaseUrl: "x" }).environment["STAFF_MFA"];
    expect(mfaOf(token)).toBe("required");
    expect(mfaOf({ ...token, STAFF_MFA: "optional" })).toBe("optional");
    expect(mfaOf({})).toBeUndefined();
  });

  test("when real money is taken, then a guest has five unpaid orders at most, unless the person says otherwise", () => {
    const token = { MERCADOPAGO_ACCESS_TOKEN: "APP_USR-real" };
    const maxOf = (variables: Record<string, string>) =>
      plan(variables).order({ databaseUrl: "x" }).environment["UNPAID_ORDERS_MAX"];
    expect(maxOf(token)).toBe("5");
    expect(maxOf({ ...token, UNPAID_ORDERS_MAX: "0" })).toBe("0");
    expect(maxOf({})).toBeUndefined();
  });
});
