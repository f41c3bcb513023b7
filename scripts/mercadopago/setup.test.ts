import { execFile } from "node:child_process";
import { startSandbox } from "@comanda/mercadopago-sandbox";
import { afterEach, describe, expect, it } from "vitest";
import type { Account } from "./account.ts";
import { openProvider, pick, pickList } from "./provider.ts";
import { setup } from "./setup.ts";
import { anAccount } from "./test-account.ts";
import { readWishes, type Wishes } from "./wishes.ts";

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { close } of open.splice(0)) await close();
});

async function start(difference: Partial<Account> = {}) {
  const account = anAccount(difference);
  const sandbox = await startSandbox({ port: 0, accessToken: account.accessToken });
  open.push(sandbox);
  const known = { ...account, baseUrl: sandbox.url };
  return { account: known, provider: openProvider(known), url: sandbox.url };
}

/** Runs the set-up; `answer` is what the person says when asked, `null` when nobody is there. */
async function run(account: Account, args: readonly string[], answer: boolean | null = null) {
  const lines: string[] = [];
  const wishes: Wishes = readWishes(["setup", ...args]);
  const say = (line = "") => lines.push(line);
  const code = await setup(account, wishes, { say, ask: async () => answer });
  return { code, text: lines.join("\n") };
}

const posOf = async (provider: ReturnType<typeof openProvider>, externalId: string) =>
  pickList((await provider.get(`/pos?external_id=${externalId}`)).body, "results");

describe("setup", () => {
  it("when nobody says yes, then it shows what it would do and changes nothing", async () => {
    const { account, provider } = await start();
    for (const answer of [null, false]) {
      const { code, text } = await run(account, ["--kiosks", "2"], answer);
      expect(code).toBe(0);
      expect(text).toContain("já existe: loja COMANDALOJA");
      expect(text).toContain("a fazer:   criar o caixa COMANDA02");
      expect(text).toContain(answer === null ? "repita com --yes" : "Nada foi mudado.");
      expect(await posOf(provider, "COMANDA02")).toEqual([]);
    }
  });

  it.each([
    ["--yes is given", ["--yes"], null],
    ["the person says yes", [], true],
  ] as const)("when %s, then it is done, and a second time there is nothing to do", async (_what, args, answer) => {
    const { account, provider } = await start();
    const first = await run(account, ["--kiosks", "3", ...args], answer);
    expect(first.text).toContain("feito: criar o caixa COMANDA02");
    expect(first.text).toContain("/payments/webhook");
    for (const topic of ["Order (Mercado Pago)", "Pagamentos", "Chargebacks"]) expect(first.text).toContain(topic);
    expect(first.text).toContain("MERCADOPAGO_EXTERNAL_POS_ID=COMANDA01");
    expect(await posOf(provider, "COMANDA03")).toHaveLength(1);
    const second = await run(account, ["--kiosks", "3", ...args], answer);
    expect(second.text).toContain("Nada a fazer");
    expect(await posOf(provider, "COMANDA03")).toHaveLength(1);
  });

  it("when the account is empty, then it opens the store at the address, and refuses to guess one", async () => {
    const { account, provider, url } = await start({
      accessToken: "APP_USR-7-010126-0123456789abcdef0123456789abcdef-7000000007",
      externalPosId: "TOTEM",
      isSandbox: false,
    });
    // The sandbox brings a store and a point of sale of its own: taken away, this is a new account.
    const stores = await provider.get("/users/7000000007/stores/search");
    const storeId = String(pick(stores.body, "results", 0, "id"));
    await fetch(`${url}/users/7000000007/stores/${storeId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${account.accessToken}` },
    });
    await expect(run(account, ["--yes"])).rejects.toThrow("diga o endereço");
    const address = ["--street", "Rua A", "--number", "10", "--city", "São Paulo", "--state", "São Paulo"];
    const args = ["--yes", ...address, "--latitude", "-23.5", "--longitude", "-46.6", "--store", "Lanche Bom"];
    const { text } = await run(account, args);
    expect(text).toContain("feito: criar a loja “Lanche Bom”");
    const [pos] = await posOf(provider, "TOTEM");
    expect(pick(pos, "external_store_id")).toBe("COMANDALOJA");
    expect((await run(account, args)).text).toContain("Nada a fazer");
  });

  it("when a terminal stands alone, then it is put to take charges; one that does already is left alone", async () => {
    const { account, provider } = await start();
    const id = "NEWLAND_N950__SBX0000001";
    expect((await run(account, ["--yes"])).text).toContain(`já existe: maquininha ${id} em modo PDV`);
    await provider.send("PATCH", "/terminals/v1/setup", {
      body: { terminals: [{ id, operating_mode: "STANDALONE" }] },
    });
    expect((await run(account, ["--yes"])).text).toContain(`feito: pôr a maquininha ${id}`);
    const list = await provider.get("/terminals/v1/list");
    expect(pick(list.body, "data", "terminals", 0, "operating_mode")).toBe("PDV");
    expect((await run(account, ["--yes", "--terminal", "NADA"])).text).toContain("NADA não está nesta conta");
  });

  it("when the credential is not good, then it says so and does nothing", async () => {
    const { account } = await start();
    await expect(run({ ...account, accessToken: "APP_USR-wrong" }, ["--yes"])).rejects.toThrow("não deixou ler");
  });

  it.each([
    [["nothing"], "setup ou doctor"],
    [["setup", "--kiosks", "0"], "--kiosks"],
    [["setup", "--street", "Rua A"], "endereço"],
    [["setup", "--what"], "Não entendi"],
  ])("when %j is asked for, then it says how to ask", (args, words) => {
    expect(() => readWishes(args)).toThrow(words);
  });

  it("when it is run as a command without a terminal, then it only shows, and exits with 0", async () => {
    const { account } = await start();
    const { code, text } = await command(account, ["setup", "--kiosks", "2"]);
    expect(code).toBe(0);
    expect(text).toContain("Só mostrado");
    expect((await command(account, ["setup", "--kiosks", "x"])).code).toBe(2);
  });
});

/** Runs the command as its own process, with the account in its environment. */
function command(account: Account, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const env = { MERCADOPAGO_BASE_URL: account.baseUrl, MERCADOPAGO_ACCESS_TOKEN: account.accessToken };
    execFile(process.execPath, ["scripts/mercadopago.ts", ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, text: stdout + stderr }),
    );
  });
}
