import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { crc16 } from "@comanda/br-code";
import { startSandbox } from "@comanda/mercadopago-sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderProxy, startProviderProxy, type Tamper } from "../../services/payment/test/provider-proxy.ts";
import type { Account } from "./account.ts";
import { reachFinding } from "./doctor/webhook-checks.ts";
import { type DoctorOptions, doctor } from "./doctor.ts";
import { pick, pickList } from "./provider.ts";
import { anAccount } from "./test-account.ts";

let proxy: ProviderProxy;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let account: Account;
beforeAll(async () => {
  const made = anAccount();
  sandbox = await startSandbox({ port: 0, accessToken: made.accessToken });
  proxy = await startProviderProxy(sandbox.url);
  account = { ...made, baseUrl: proxy.url };
});
afterAll(async () => {
  await proxy.close();
  await sandbox.close();
});
afterEach(() => {
  proxy.tamper(null);
  proxy.refuse(null);
});

async function examine(difference: Partial<Account> = {}, options: Partial<DoctorOptions> = {}) {
  const lines: string[] = [];
  const say = (line = "") => lines.push(line);
  const code = await doctor({ ...account, ...difference }, { isReadOnly: false, ...options }, say);
  return { code, text: lines.join("\n"), lineOf: (what: string) => lines.find((line) => line.includes(what)) ?? "" };
}
const later = (seconds: number) => () => new Date(Date.now() + seconds * 1_000);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Changes one member of the answers to some calls. */
function plant(match: string, difference: (body: Record<string, unknown>) => object): void {
  const rule: Tamper = ({ method, path }, { body }) =>
    `${method} ${path}`.startsWith(match) && isObject(body) ? { ...body, ...difference(body) } : body;
  proxy.tamper(rule);
}

describe("doctor", () => {
  it("when all is well, then everything is in order and the exit code is 0", async () => {
    const { code, text, lineOf } = await examine();
    expect(text).not.toMatch(/ falha {2}| aviso {2}/);
    expect(code).toBe(0);
    for (const what of [
      "access token",
      "Relógio",
      "SDK oficial",
      "Caixa do QR",
      "Maquininhas",
      "Busca de pagamentos",
    ]) {
      expect(lineOf(what), what).toMatch(/✓/);
    }
    for (const what of [
      "Código do QR",
      "QR para outros bancos",
      "Repetir com a mesma chave",
      "Cancelar a cobrança",
      "QR de 3 horas",
    ]) {
      expect(lineOf(what), what).toMatch(/✓/);
    }
    // What no program can see is named all the same.
    for (const what of ["pagamento real", "outro banco", "painel"]) expect(text).toContain(what);
  });

  it("when it has looked, then no charge is left open", async () => {
    await examine();
    const ledger: unknown = await (await fetch(`${sandbox.url}/sandbox/ledger`)).json();
    const charges = pickList(ledger, "charges");
    expect(charges.length).toBeGreaterThan(1);
    expect(charges.filter((charge) => pick(charge, "status") === "created")).toEqual([]);
  });

  it("when it may only read, then it makes no charge", async () => {
    const calls: string[] = [];
    proxy.refuse(({ method, path }) => {
      calls.push(`${method} ${path}`);
      return null;
    });
    const { code, text } = await examine({}, { isReadOnly: true });
    expect(code).toBe(0);
    expect(text).not.toContain("Criar uma cobrança");
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
  });

  it.each([
    ["the token is wrong", { accessToken: "APP_USR-1-x-1" }, "access token", "recusada"],
    ["the point of sale is missing", { externalPosId: "NADA" }, "Caixa do QR", "NADA não existe"],
    ["the webhook secret is missing", { webhookSecret: null }, "Assinatura do webhook", "não está definida"],
    ["the secret is short", { webhookSecret: "abc" }, "Assinatura do webhook", "curta demais"],
    ["there is no address", { isSandbox: false, publicUrl: null }, "PUBLIC_URL", "não está definida"],
    ["the address is plain http", { publicUrl: "http://loja.example" }, "PUBLIC_URL", "não é https"],
    ["the address is of this network", { publicUrl: "https://192.168.0.5" }, "PUBLIC_URL", "desta rede"],
    ["the address is this machine", { publicUrl: "https://localhost:8080" }, "PUBLIC_URL", "desta rede"],
    ["nobody answers", { baseUrl: "http://127.0.0.1:9" }, "access token", "não respondeu"],
  ] as const)("when %s, then it fails and says so", async (_what, difference, what, words) => {
    const { code, lineOf } = await examine(difference);
    expect(code).toBe(1);
    expect(lineOf(what)).toContain("falha");
    expect(lineOf(what)).toContain(words);
  });

  it("when the account is one of tests, then it is told", async () => {
    const { lineOf } = await examine({ isSandbox: false });
    expect(lineOf("access token")).toMatch(/aviso.*TESTE/);
  });

  it("when the secret is the token, then it fails", async () => {
    const { lineOf } = await examine({ webhookSecret: account.accessToken });
    expect(lineOf("Assinatura do webhook")).toContain("é igual ao access token");
  });

  it("when the token is another account's, then it fails", async () => {
    plant("GET /users/me", () => ({ id: 1 }));
    expect((await examine()).lineOf("access token")).toContain("abre a conta 1");
  });

  it.each([
    [600, "falha", "adiantado"],
    [-600, "falha", "atrasado"],
    [60, "aviso", "adiantado"],
  ])("when this machine's clock is off by %i s, then it is a %s", async (seconds, verdict, words) => {
    const { code, lineOf } = await examine({}, { now: later(seconds), isReadOnly: true });
    expect(lineOf("Relógio")).toContain(verdict);
    expect(lineOf("Relógio")).toContain(words);
    expect(code).toBe(verdict === "falha" ? 1 : 0);
  });

  it.each([
    ["the account is of another country", "GET /users/me", () => ({ site_id: "MLA" }), "País da conta"],
    ["the search finds what is not there", "GET /v1/payments/search", () => ({ results: [{}] }), "Busca de pagamentos"],
    ["the QR is no BR Code", "POST /v1/orders", () => ({ type_response: { qr_data: "0002" } }), "Código do QR"],
    ["a cancelled order stays open", "GET /v1/orders/", () => ({ status: "created" }), "Cancelar a cobrança"],
  ] as const)("when %s, then it fails and says so", async (_what, match, difference, what) => {
    plant(match, difference);
    const { code, lineOf } = await examine();
    expect(code).toBe(1);
    expect(lineOf(what)).toContain("falha");
  });

  it("when only Mercado Pago's own app can pay the QR, then it is told what to do", async () => {
    const fields = "0001014320" + "0016COM.MERCADOLIBRE" + "52040000530398654041.005802BR5905TESTE6009SAO PAULO6304";
    const text = fields.replace("00010143", "000201" + "43");
    plant("POST /v1/orders", () => ({ type_response: { qr_data: text + crc16(text) } }));
    const { code, lineOf } = await examine();
    expect(lineOf("Código do QR")).toContain("✓");
    expect(lineOf("QR para outros bancos")).toMatch(/aviso.*cadastre uma chave Pix/);
    expect(code).toBe(0);
  });

  it("when Pix is not active, then it fails and says what to do", async () => {
    proxy.tamper(({ path }, { body }) =>
      path === "/v1/payment_methods" && Array.isArray(body) ? body.filter(({ id }) => id !== "pix") : body,
    );
    expect((await examine()).lineOf("Meios de pagamento")).toContain("cadastre uma chave Pix");
  });

  it("when the same key makes a second charge, then it fails", async () => {
    let count = 0;
    plant("POST /v1/orders", ({ id }) => {
      count += 1;
      return count === 2 ? { id: `${String(id).slice(0, -4)}0000` } : {};
    });
    const { code, lineOf } = await examine();
    expect(code).toBe(1);
    expect(lineOf("Repetir com a mesma chave")).toContain("falha");
  });

  it("when the account may not make charges, then it fails and asks no further", async () => {
    proxy.refuse(({ method, path }) =>
      method === "POST" && path === "/v1/orders"
        ? { status: 403, body: { errors: [{ code: "forbidden", message: "no" }] } }
        : null,
    );
    const { code, lineOf, text } = await examine();
    expect(code).toBe(1);
    expect(lineOf("Criar uma cobrança")).toContain("403 forbidden");
    expect(text).not.toContain("Cancelar a cobrança");
  });
});

describe("the webhook as seen from outside", () => {
  async function answering(status: number, body: object): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }
  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it.each([
    [401, { code: "signature-invalid" }, "ok"],
    [200, { received: true }, "falha"],
    [404, { code: "not-found" }, "falha"],
    [502, {}, "falha"],
  ] as const)("when it answers %i %j, then it is %s", async (status, body, verdict) => {
    expect((await reachFinding(await answering(status, body))).verdict).toBe(verdict);
  });

  it("when nothing answers from here, then it may still answer from outside", async () => {
    expect((await reachFinding("http://127.0.0.1:9")).verdict).toBe("aviso");
  });
});

describe("secrets", () => {
  it("when somebody keeps settings in a file, then git does not take it", async () => {
    const ignored = (await readFile(".gitignore", "utf8")).split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".env", ".env.*", "!.env.example", ".data/"]));
  });

  // The provider may repeat a token in its own words.
  it("when anything is printed, then no secret is in it", async () => {
    proxy.refuse(({ path }) =>
      path.startsWith("/pos")
        ? { status: 403, body: { message: `the token ${account.accessToken} may not`, error: "forbidden" } }
        : null,
    );
    const env = {
      MERCADOPAGO_BASE_URL: account.baseUrl,
      MERCADOPAGO_ACCESS_TOKEN: account.accessToken,
      MERCADOPAGO_WEBHOOK_SECRET: account.webhookSecret ?? "",
      PUBLIC_URL: "https://127.0.0.1",
    };
    const { code, text } = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile(process.execPath, ["scripts/mercadopago.ts", "doctor"], { env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, text: stdout + stderr }),
      );
    });
    expect(code).toBe(1);
    expect(text).toContain("the token ••• may not");
    for (const secret of account.secrets) expect(text).not.toContain(secret);
  });
});
