import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Harness, startHarness } from "./harness.ts";
import { setUpTerminal } from "./terminal-harness.ts";

// Mercado Pago's access token is changed: service and provider hold two, and the provider takes one, both, the other.

async function start(): Promise<Harness> {
  const harness = await startHarness({ hasTwoTokens: true });
  onTestFinished(() => harness.close());
  return harness;
}

const refuses = (harness: Harness, which: "none" | "present" | "previous" | "both") =>
  harness.faults({ refused_tokens: which });
const figure = async (harness: Harness, name: string) => {
  const { body } = await harness.service.app.inject({ url: "/metrics" });
  return new RegExp(`^${name} (\\S+)$`, "m").exec(body)?.[1];
};
const alarms = (harness: Harness) => harness.lines.filter((line) => line.includes('"alarm":"provider-credentials"'));
const giveBack = (harness: Harness, id: string) =>
  harness.call("POST", `/payments/${id}/refunds`, {
    as: "admin",
    body: { reason: "pedido cancelado" },
    headers: { "idempotency-key": newId() },
  });

/** What the provider holds of a charge, money alone. */
async function bookOf(harness: Harness, id: string) {
  const rows = await harness.ledgerOf(id);
  return rows.map(({ status, times_paid: paid, refunded_cents: back }) => ({ status, paid, back }));
}

describe("the access token is changed", () => {
  it("when the provider takes the former, both, and the present one only, then guests pay and get back throughout", async () => {
    const harness = await start();
    const paidIn = async () => {
      const [qr, link] = [await harness.request(), await harness.request({ method: "link" })];
      await harness.pay({ qr_code: qr.qr_code });
      await harness.pay({ payment_link: link.payment_link });
      for (const { id } of [qr, link]) await harness.becomes(id, "approved");
      return [qr.id, link.id];
    };
    // Made under one token and given back under another, so that each crosses the change.
    await refuses(harness, "present");
    const before = await paidIn();
    expect(await figure(harness, "payment_provider_former_token_in_use")).toBe("1");
    await refuses(harness, "none");
    const between = await paidIn();
    for (const id of before) await giveBack(harness, id);
    await refuses(harness, "previous");
    const after = await paidIn();
    expect(await figure(harness, "payment_provider_former_token_in_use")).toBe("0");
    for (const id of [...between, ...after]) expect((await giveBack(harness, id)).statusCode).toBe(201);
    for (const id of [...before, ...between, ...after]) {
      await harness.becomes(id, "refunded");
      expect(await bookOf(harness, id)).toEqual([{ status: "refunded", paid: 1, back: 4290 }]);
    }
    expect(alarms(harness)).toEqual([]);
    expect(await figure(harness, "payment_provider_barred")).toBe("0");
  });

  it("when tokens come and go while charges and refunds are asked for, then each is made once", async () => {
    const harness = await start();
    const paid = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { id, qr_code } = await harness.request();
        await harness.pay({ qr_code });
        await harness.becomes(id, "approved");
        return id;
      }),
    );
    const made: string[] = [];
    for (const [index, which] of (["present", "none", "previous", "none"] as const).entries()) {
      // Under way while the provider changes its mind; one token is good at any time, as the panel leaves it.
      const asked = Array.from({ length: 4 }, () => harness.request());
      const back = giveBack(harness, paid[index] ?? "");
      await refuses(harness, which);
      expect((await back).statusCode).toBe(201);
      for (const { id } of await Promise.all(asked)) made.push(id);
      await harness.becomes(paid[index] ?? "", "refunded");
    }
    for (const id of made) expect(await bookOf(harness, id)).toEqual([{ status: "created", paid: 0, back: 0 }]);
    for (const id of paid) expect(await bookOf(harness, id)).toEqual([{ status: "refunded", paid: 1, back: 4290 }]);
    expect(made).toHaveLength(16);
    expect(alarms(harness)).toEqual([]);
  }, 60_000);

  // The provider has done it, nobody heard so, and the token that it was asked with is gone. The sandbox remembers keys
  // for each token apart: asked again blindly, it would give back twice.
  it("when a part goes back unheard and then the token is revoked, then it is looked for and not given twice", async () => {
    const harness = await start();
    const { id, qr_code } = await harness.request({
      items: [{ title: "X-Salada", quantity: 2, unit_price_cents: 2145 }],
    });
    await harness.pay({ qr_code });
    await harness.becomes(id, "approved");
    await harness.faults({ timeout_after_commit_rate: 1, refund_delay_ms: 0 });
    const wanted = await harness.call("POST", `/payments/${id}/refunds`, {
      as: "admin",
      body: { reason: "um não veio", amount_cents: 1000 },
      headers: { "idempotency-key": newId() },
    });
    expect(wanted.statusCode).toBe(201);
    await waitFor(async () => ((await bookOf(harness, id))[0]?.back === 1000 ? true : null), {
      description: "the provider to have given it back",
    });
    await harness.faults({ timeout_after_commit_rate: 0, refused_tokens: "present" });
    await waitFor(
      async () => ((await harness.store.get(id))?.refunds.every(({ status }) => status === "done") ? true : null),
      { timeoutMs: 20_000, description: "the refund to be found" },
    );
    const [row] = await harness.ledgerOf(id);
    expect(row?.refunds.map(({ amount_cents: cents }) => cents)).toEqual([1000]);
    expect((await harness.store.get(id))?.refunds.map(({ amountCents }) => amountCents)).toEqual([1000]);
  }, 60_000);

  it("when a charge is made unheard and then the token is revoked, then at most one of it is paid", async () => {
    const harness = await start();
    await harness.faults({ timeout_after_commit_rate: 1 });
    const { id } = await harness.request();
    await harness.faults({ timeout_after_commit_rate: 0, refused_tokens: "present" });
    const open = await harness.becomes(id, "pending", 20_000);
    await harness.pay({ qr_code: open?.qrCode ?? "" });
    await harness.becomes(id, "approved");
    const book = await bookOf(harness, id);
    expect(book.filter(({ paid }) => paid > 0)).toHaveLength(1);
    // Whatever else bears its name was shown to nobody.
    expect(book.filter(({ paid }) => paid === 0).every(({ status }) => status === "created")).toBe(true);
  }, 60_000);

  it("when a card terminal is asked unheard and then the token is revoked, then what is paid there is this charge's, once", async () => {
    const harness = await start();
    const terminal = await setUpTerminal(harness);
    await harness.faults({ timeout_after_commit_rate: 1 });
    const { id } = await terminal.request();
    await harness.faults({ timeout_after_commit_rate: 0, refused_tokens: "present" });
    // Asked again with the other token, the terminal is busy: with this very charge, under the key of the first.
    await waitFor(
      async () => ((await harness.store.get(id))?.entries.some(({ code }) => code === "charge-refused") ? true : null),
      { timeoutMs: 20_000, description: "the charge to be asked for again" },
    );
    await terminal.fetch();
    await terminal.act("approve");
    await harness.becomes(id, "approved");
    expect(await bookOf(harness, id)).toEqual([{ status: "processed", paid: 1, back: 0 }]);
  }, 60_000);

  it("when both are refused, then people are told, and neither token stands in a log", async () => {
    const harness = await start();
    await refuses(harness, "both");
    expect(await harness.request()).toMatchObject({ status: "created", qr_code: null });
    expect(alarms(harness)).toHaveLength(1);
    expect(await figure(harness, "payment_provider_barred")).toBe("1");
    await refuses(harness, "present");
    const log = harness.lines.join("");
    for (const name of ["MERCADOPAGO_ACCESS_TOKEN", "MERCADOPAGO_ACCESS_TOKEN_PREVIOUS"] as const) {
      expect(log).not.toContain(harness.config[name] ?? "?");
    }
  });
});
