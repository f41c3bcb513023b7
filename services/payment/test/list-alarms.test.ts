import { createHmac } from "node:crypto";
import { addSeconds, newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Charge } from "../src/domain/charge.ts";
import { ALARM_WORDS } from "../src/http/alarm-words.ts";
import { type AlarmSources, listAlarms } from "../src/use-cases/list-alarms.ts";
import { makeCounting } from "../src/use-cases/tally.ts";
import { believedPaid, openBooks } from "./books.ts";
import { aCharge, aRefund } from "./builders.ts";
import { type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";
import { anEvent } from "./stores/build-charge.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

type Listed = { items: Record<string, unknown>[]; next_cursor: string | null };
const listAs = async (as: "manager" | "admin", query: string, headers: Record<string, string> = {}): Promise<Listed> =>
  (await harness.call("GET", `/payments/alarms${query}`, { as, headers })).json();
const list = (query = "", headers: Record<string, string> = {}) => listAs("manager", query, headers);
const find = async (code: string, as: "manager" | "admin" = "manager") =>
  (await listAs(as, "?limit=100")).items.filter((item) => item["code"] === code);
const ago = (seconds: number) => addSeconds(new Date(), -seconds);
const enter = (difference: Partial<Charge>) =>
  openBooks(harness).enter(believedPaid(aCharge({ providerId: newId() }), difference));
const notify = (secret: string, body: Record<string, unknown> = {}) => {
  const [id, ts, requestId] = [String(Math.floor(Math.random() * 1e11)), String(Date.now()), newId()];
  const v1 = createHmac("sha256", secret).update(`id:${id};request-id:${requestId};ts:${ts};`).digest("hex");
  return harness.service.app.inject({
    method: "POST",
    url: `/payments/webhook?data.id=${id}&type=payment`,
    headers: { "x-signature": `ts=${ts},v1=${v1}`, "x-request-id": requestId, "content-type": "application/json" },
    payload: JSON.stringify({ data: { id }, ...body }),
  });
};

describe("what calls for a person", () => {
  it("when nothing does, then the list is empty", async () => {
    await harness.request({ method: "counter" });
    expect(await list()).toEqual({ items: [], next_cursor: null });
  });

  it("when a paid order is not in the kitchen, then it stands first, with its amount and what to open", async () => {
    const paid = await enter({});
    const event = anEvent({ type: "comanda.payment.approved", at: ago(45), attempts: 3, availableAt: ago(-300) });
    await harness.store.replace({ ...paid, version: paid.version + 1, unsent: [event] }, paid.version);
    expect(await find("paid-not-in-kitchen")).toEqual([
      {
        id: `paid-not-in-kitchen:${event.id}`,
        code: "paid-not-in-kitchen",
        urgency: "now",
        since: event.at.toISOString(),
        summary: "Pago (R$ 100,00), e a cozinha ainda não sabe.",
        action: "Entregue o pedido à cozinha por voz e veja se o serviço de pedidos está no ar.",
        amount_cents: 10_000,
        count: 1,
        payment_id: paid.id,
        order_id: paid.orderId,
        refund_id: null,
        event_id: event.id,
        reconciliation_id: null,
        open: `/payments/${paid.id}/transactions`,
      },
    ]);
    // What it names is there.
    expect((await harness.call("GET", `/payments/${paid.id}/transactions`, { as: "manager" })).statusCode).toBe(200);
  });

  it("when refunds failed or do not move, then each is told with what is to be done about it", async () => {
    const failed = aRefund({ status: "failed", amountCents: 1_250, requestedAt: ago(60), settledAt: ago(50) });
    const stuck = aRefund({ status: "unknown", amountCents: 300, requestedAt: ago(700), askedAt: ago(700) });
    const one = await enter({ refunds: [failed] });
    const other = await enter({ refunds: [stuck] });
    expect(await find("refund-not-made-good")).toMatchObject([
      {
        urgency: "now",
        payment_id: one.id,
        refund_id: failed.id,
        amount_cents: 1_250,
        summary: "A devolução de R$ 12,50 falhou e ninguém a refez.",
        since: failed.settledAt?.toISOString(),
      },
    ]);
    expect(await find("refund-stuck")).toMatchObject([
      { urgency: "soon", payment_id: other.id, refund_id: stuck.id, amount_cents: 300 },
    ]);
  });

  it("when the outcome of a call is unknown, or a payment is disputed, then it is told", async () => {
    const unmade = aCharge({ status: "created", providerId: null, making: "unknown", askedAt: ago(90) });
    await harness.store.insert(unmade);
    const disputed = await enter({ status: "in_dispute" });
    expect(await find("outcome-unknown")).toMatchObject([{ payment_id: unmade.id, amount_cents: 10_000 }]);
    expect(await find("disputed")).toMatchObject([{ payment_id: disputed.id, amount_cents: 10_000 }]);
  });

  it("when notices are forged or for somebody else, then they are counted, over all processes", async () => {
    for (let count = 0; count < 3; count += 1) expect((await notify("a forger's own secret")).statusCode).toBe(401);
    for (let count = 0; count < 2; count += 1) {
      expect((await notify(WEBHOOK_SECRET, { user_id: "999" })).statusCode).toBe(200);
    }
    // What nobody signed is noise, and no hint at a changed secret.
    await harness.service.app.inject({ method: "POST", url: "/payments/webhook", payload: "{}" });
    const another = makeCounting(harness.store.tallies, { now: () => new Date() });
    another.count("refused");
    another.count("fraud-alert", "12345");
    await another.flush();
    expect(await find("notices-refused")).toMatchObject([{ count: 4, payment_id: null, open: null }]);
    expect(await find("other-seller")).toMatchObject([{ count: 2, urgency: "soon" }]);
    expect(await find("fraud-alert")).toMatchObject([
      { count: 1, urgency: "now", summary: "O Mercado Pago suspeita de fraude (12345)." },
    ]);
    const figures = (await harness.service.app.inject({ url: "/metrics" })).body;
    expect(figures).toContain('payment_notices_total{outcome="refused"} 4');
  });

  it("when the books differ, or a comparison failed, then each day is told with what to open", async () => {
    const { reconciliations } = harness.store;
    const run = async (day: string, outcome: "done" | "failed") => {
      const id = newId();
      await reconciliations.request({ id, day, trigger: "person", key: id, requestedAt: new Date() });
      const claimed = await reconciliations.claim({ leaseMs: 60_000 });
      if (claimed === null) throw new Error("nothing was claimed");
      await reconciliations.settle(
        claimed,
        outcome === "done"
          ? { kind: "done", summary: { ...SUMMARY, open: 2, openCents: 4_290 }, items: [] }
          : { kind: "failed", reason: "Mercado Pago does not answer" },
      );
      return id;
    };
    const open = await run("2026-03-10", "done");
    const failed = await run("2026-03-11", "failed");
    expect(await find("money-unreconciled", "admin")).toMatchObject([
      {
        summary: "A conciliação de 2026-03-10 tem 3 em aberto (R$ 42,90).",
        action: "Um administrador abre a conciliação: cada diferença diz o que fazer.",
        count: 3,
        reconciliation_id: open,
        open: `/payments/reconciliations/${open}`,
      },
    ]);
    expect(await find("money-unreconciled")).toMatchObject([{ reconciliation_id: open, open: null }]);
    expect(await find("reconciliation-failed")).toMatchObject([{ reconciliation_id: failed }]);
  });

  it("when an event was given up, then it is told, and who may send it again opens it", async () => {
    const paid = await enter({});
    await harness.store.replace({ ...paid, version: paid.version + 1, unsent: [anEvent()] }, paid.version);
    for (const event of await harness.store.outbox.claim({ limit: 100, leaseMs: 1 })) {
      if (event.subject === paid.id) await harness.store.outbox.settle(event, { outcome: "park", reason: "400 bad." });
    }
    expect(await find("events-parked", "admin")).toMatchObject([
      {
        urgency: "soon",
        open: "/events/parked",
        payment_id: paid.id,
        summary: "Um aviso ao serviço de pedidos foi abandonado: 400 bad.",
        action: "Corrija o motivo; depois, um administrador manda o aviso de novo.",
      },
    ]);
    expect((await harness.call("GET", "/events/parked", { as: "admin" })).json().items).toHaveLength(1);
    expect(await find("events-parked")).toMatchObject([{ open: `/payments/${paid.id}/transactions` }]);
  });

  it.each(["manager", "admin"] as const)(
    "when a %s opens what the list names, then nobody is turned away",
    async (as) => {
      const named = (await listAs(as, "?limit=100")).items.map(({ open }) => open).filter((open) => open !== null);
      expect(named.length).toBeGreaterThan(3);
      for (const open of new Set(named)) {
        expect((await harness.call("GET", String(open), { as })).statusCode, String(open)).toBe(200);
      }
    },
  );

  it("when the list is read page by page, then it is the whole list, what cannot wait first, each by its age", async () => {
    const whole = (await list("?limit=100")).items;
    expect(whole.length).toBeGreaterThan(8);
    const paged: Record<string, unknown>[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Listed = await list(`?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      paged.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(whole);
    const urgencies = whole.map(({ urgency }) => urgency);
    expect(urgencies).toEqual(urgencies.toSorted());
    for (const urgency of ["now", "soon"]) {
      const times = whole.filter((item) => item["urgency"] === urgency).map(({ since }) => String(since));
      expect(times).toEqual(times.toSorted());
    }
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
  });

  it("when English is asked for, then the words are English; and every alarm has both", async () => {
    const english = (await list("?limit=100", { "accept-language": "en" })).items;
    expect(english.find(({ code }) => code === "refund-not-made-good")?.["summary"]).toBe(
      "Giving R$ 12.50 back failed, and nobody has tried again.".replace("12.50", "12,50"),
    );
    for (const { summary, action } of Object.values(ALARM_WORDS)) {
      for (const text of [summary.pt, summary.en, action.pt, action.en]) expect(text).toMatch(/^\S.*\.$/);
    }
  });

  it.each(["x", "MA", Buffer.from("0 2026").toString("base64url"), Buffer.from("9 '; drop").toString("base64url")])(
    "when the cursor is %s, then 422",
    async (cursor) => {
      const answer = await harness.call("GET", `/payments/alarms?cursor=${cursor}`, { as: "admin" });
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([422, "/querystring/cursor"]);
    },
  );

  it.each([
    { awaySince: ago(60), barrier: null, codes: ["provider-away"] },
    { awaySince: ago(5), barrier: null, codes: [] },
    { awaySince: null, barrier: { why: "credentials", since: ago(1) } as const, codes: ["provider-credentials"] },
    { awaySince: null, barrier: { why: "certificate", since: ago(1) } as const, codes: ["provider-certificate"] },
  ])("when the provider stands as $barrier.why, then $codes", async ({ codes, ...standing }) => {
    const sources: AlarmSources = { store: harness.store, clock: { now: () => new Date() }, standing: () => standing };
    const found = (await listAlarms(sources)).map(({ code }) => code).filter((code) => code.startsWith("provider-"));
    expect(found).toEqual(codes);
  });
});

const SUMMARY = {
  compared: 0,
  agreeing: 0,
  pending: 0,
  counter: 0,
  unread: 1,
  found: { ours_only: 0, theirs_only: 0, amount: 0, status: 0, ledger: 0 },
  open: 0,
  healed: 0,
  openCents: 0,
  ours: { cameCents: 0, returnedCents: 0 },
  theirs: { cameCents: 0, returnedCents: 0 },
  counterSums: { cameCents: 0, returnedCents: 0 },
  listed: 0,
  requests: 0,
};
