import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { businessDayOf, newId } from "@comanda/primitives";
import { freePort, waitFor } from "@comanda/testing";
import { run, type System, startSystem } from "@comanda/testing/system";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../scripts/reconcile/session.ts";
import { readSettings } from "../scripts/start/settings.ts";

let system: System;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "comanda-reconcile-"));
  system = await startSystem();
}, 90_000);
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const today = () => businessDayOf(new Date());

/** `npm run reconcile` against the running system. */
async function reconcile(args: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const home = { DATA_DIR: system.dataDir, WEB_PORT: new URL(system.web).port };
  const { child, output } = run(
    "scripts/reconcile.ts",
    { ...home, ADMIN_EMAIL: system.admin.email, ADMIN_PASSWORD: system.admin.password, ...variables },
    args,
  );
  await waitFor(() => child.exitCode !== null, { timeoutMs: 30_000, description: `the end of\n${output()}` });
  return { code: child.exitCode, output: output() };
}

/** A Pix to the account that no order asked for. */
async function payByHand(): Promise<string> {
  const token = readFileSync(join(system.dataDir, "secrets", "sandbox-access-token"), "utf8");
  const send = async (path: string, body: unknown) =>
    (
      await fetch(`${system.sandbox}${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
          "x-idempotency-key": newId(),
        },
        body: JSON.stringify(body),
      })
    ).json();
  const payer = { email: "guest@testuser.com" };
  const payment = (await send("/v1/payments", { transaction_amount: 12.5, payment_method_id: "pix", payer })) as {
    id: number;
    point_of_interaction: { transaction_data: { qr_code: string } };
  }; // the sandbox's own answer
  await send("/sandbox/pay", { qr_code: payment.point_of_interaction.transaction_data.qr_code });
  return String(payment.id);
}

// A comparison of ten thousand charges takes longer than the ten minutes of a token (docs/adr/0020).
describe("the administrator's session of a long comparison", () => {
  it("when the token is about to end, then the session goes on with the next one, as often as needed", async () => {
    const settings = readSettings({
      DATA_DIR: system.dataDir,
      WEB_PORT: new URL(system.web).port,
      ADMIN_EMAIL: system.admin.email,
      ADMIN_PASSWORD: system.admin.password,
    });
    let laterMs = 0;
    const session = await openSession(settings, { mfa: null, nowMs: () => Date.now() + laterMs });
    const tokens = [await session.token(), await session.token()];
    for (let turn = 0; turn < 3; turn += 1) {
      laterMs += 500_000;
      tokens.push(await session.token());
    }
    expect(tokens[1]).toBe(tokens[0]);
    expect(new Set(tokens).size).toBe(4);
    for (const token of tokens) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${system.web}/auth`, { headers })).status).toBe(200);
    }
  });
});

describe("npm run reconcile", () => {
  it("when both books agree, then it says so and ends with 0", async () => {
    const { code, output } = await reconcile(["--date", today()]);
    expect(output).toContain("Os dois livros dizem o mesmo");
    expect(code).toBe(0);
  });

  it("when money came that nobody asked for, then it names it, writes the files and ends with 1", async () => {
    const id = await payByHand();
    const [json, csv] = [join(folder, "report.json"), join(folder, "report.csv")];
    const { code, output } = await reconcile(["--date", today(), "--json", json, "--csv", csv]);
    expect(output).toContain("só no Mercado Pago");
    expect(output).toMatch(/Em aberto +1 \(R\$ 12,50\)/);
    expect(code).toBe(1);
    expect(JSON.parse(readFileSync(json, "utf8")).items).toMatchObject([
      { class: "theirs_only", provider_payment_id: id, difference_cents: 1250 },
    ]);
    expect(readFileSync(csv, "utf8").split("\r\n")[1]).toBe(`${today()},theirs_only,open,,,,${id},,,,paid,1250,0,1250`);
  });

  it.each([
    [
      "the system does not run",
      ["--date", "2026-01-15"],
      async () => ({ WEB_PORT: String(await freePort()) }),
      "npm start",
    ],
    ["the password is another", [], async () => ({ ADMIN_PASSWORD: "outra senha qualquer" }), "COMANDA_TOKEN"],
    ["the day has not begun", ["--date", "2999-01-01"], async () => ({}), "--date"],
    ["an option is unknown", ["--dia", "hoje"], async () => ({}), "Uso: npm run reconcile"],
  ])("when %s, then it says what to do, in Portuguese, and ends with 2", async (_what, args, variables, words) => {
    const { code, output } = await reconcile(args, await variables());
    expect(output).toContain(words);
    expect(output).not.toContain("    at ");
    expect(code).toBe(2);
  });
});
