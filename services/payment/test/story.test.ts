import { createHmac, randomUUID } from "node:crypto";
import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { startMongoServer } from "@comanda/testing/mongo";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PaymentStore } from "../src/storage/charge-store.ts";
import { openMongoChargeStore } from "../src/storage/mongo-charge-store.ts";
import { ACCESS_TOKEN, type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";

const server = await startMongoServer();
afterAll(() => server?.stop());

type Step = {
  readonly at: string;
  readonly kind: string;
  readonly code: string;
  readonly summary: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

const stores = [
  { name: "PostgreSQL", isMissing: false, mongo: null },
  { name: "MongoDB", isMissing: server === null, mongo: server?.uri(`test_story_${Date.now()}`) ?? null },
];

describe.each(stores)("the story of a charge, kept in $name", ({ isMissing, mongo }) => {
  describe.skipIf(isMissing)("list-transactions", () => {
    let harness: Harness;
    let store: PaymentStore;
    beforeAll(async () => {
      const inMongo = mongo === null ? null : await openMongoChargeStore(mongo);
      harness = await startHarness(inMongo === null ? {} : { wrapStore: () => inMongo });
      store = harness.store;
    });
    afterAll(async () => {
      await harness.close();
      if (mongo !== null) await store.close();
    });
    afterEach(() => harness.clearFaults());

    const tell = async (id: string, headers: Record<string, string> = {}): Promise<Step[]> =>
      (await harness.call("GET", `/payments/${id}/transactions`, { as: "cashier", headers })).json().items;
    const codesOf = (steps: readonly Step[]) => steps.map(({ code }) => code);

    /** A signed notification of the test's own: what is in its body is not covered by the signature. */
    async function notify(id: string, body: string, { times = 1, requestId = randomUUID() } = {}) {
      const ts = String(Date.now());
      const manifest = `id:${id.toLowerCase()};request-id:${requestId};ts:${ts};`;
      const hash = createHmac("sha256", WEBHOOK_SECRET).update(manifest).digest("hex");
      for (let sent = 0; sent < times; sent += 1) {
        const answer = await harness.service.app.inject({
          method: "POST",
          url: `/payments/webhook?data.id=${id}&type=order`,
          headers: {
            "content-type": "application/json",
            "x-request-id": requestId,
            "x-signature": `ts=${ts},v1=${hash}`,
          },
          payload: body,
        });
        expect(answer.statusCode).toBe(200);
      }
      return { requestId, signedAt: new Date(Number(ts)).toISOString() };
    }

    /** The step that tells of this delivery, once the notice was worked on. */
    const stepOf = (id: string, requestId: string) =>
      waitFor(async () => (await tell(id)).find(({ detail }) => detail["request_id"] === requestId), {
        timeoutMs: 15_000,
        description: "the notice to be told",
      });

    it("when a QR is paid after a lost answer, doubly notified, and a line goes back, then all of it is told in order", async () => {
      await harness.faults({ timeout_after_commit_rate: 1, refund_delay_ms: 20 });
      const items = [
        { id: "line-1", title: "X-Salada", quantity: 2, unit_price_cents: 1_500 },
        { id: "line-2", title: "Suco", quantity: 1, unit_price_cents: 1_290 },
      ];
      const { id } = await harness.request({ items });
      await harness.faults({ timeout_after_commit_rate: 0, webhooks: "duplicate", refund_delay_ms: 20 });
      const made = await harness.becomes(id, "pending", 30_000);
      await harness.pay({ qr_code: made?.qrCode ?? "" });
      await harness.becomes(id, "approved", 20_000);
      const body = { items: [{ id: "line-2" }], reason: "em falta, avisar maria@example.com CPF 529.982.247-25" };
      await harness.call("POST", `/payments/${id}/refunds`, { as: "admin", body });
      await harness.becomes(id, "partially_refunded", 20_000);
      const told = await waitFor(
        async () => {
          const steps = await tell(id);
          const bodies = steps.flatMap(({ detail }) => (detail["is_kept"] === true ? [detail["raw_body"]] : []));
          return new Set(bodies).size < bodies.length ? steps : undefined;
        },
        { timeoutMs: 15_000, description: "a doubled notice to be told" },
      );

      expect(told.map(({ at }) => at)).toEqual(told.map(({ at }) => at).toSorted());
      const codes = codesOf(told);
      expect(codes).not.toContain("other");
      const chapters = [
        "charge-wanted",
        "charge-asked",
        "charge-unanswered",
        "charge-asked",
        "charge-made",
        "status-changed",
        "says-paid",
        "status-changed",
        "event-written",
        "money-paid",
        "refund-wanted",
        "money-refund-wanted",
        "refund-asked",
        "money-returned",
      ];
      let from = 0;
      for (const chapter of chapters) {
        const at = codes.indexOf(chapter, from);
        expect(
          at,
          `${chapter} after ${codes.slice(0, from).join(", ")}; then ${codes.slice(from).join(", ")}`,
        ).not.toBe(-1);
        from = at + 1;
      }
      const asked = told.filter(({ code }) => code === "charge-asked");
      expect(asked.map(({ detail }) => detail)).toMatchObject([{ time: 1 }, { time: 2 }]);
      expect(asked[0]?.detail).toMatchObject({
        operation: "create-charge",
        method: "qr",
        idempotency_key: `create-${id}`,
        attempt: 1,
        amount_cents: 4_290,
        currency: "BRL",
        expires_in_s: 300,
        external_pos_id: null,
        terminal_id: null,
      });
      expect(asked[1]?.summary).toBe("Pedimos ao Mercado Pago a cobrança de R$ 42,90 de novo, com a mesma chave.");
      const refundId = told.find(({ code }) => code === "refund-wanted")?.detail["refund_id"];
      expect(told.find(({ code }) => code === "refund-asked")?.detail).toMatchObject({
        operation: "refund",
        idempotency_key: `refund-${refundId}`,
        amount_cents: 1_290,
        time: 1,
      });
      expect(told.find(({ code }) => code === "refund-wanted")).toMatchObject({
        summary: "Devolução de R$ 12,90 pedida: em falta, avisar *** CPF ***.",
        detail: { items: [{ item_id: "line-2", quantity: 1, amount_cents: 1_290 }] },
      });
      const notices = told.filter(({ kind }) => kind === "notification");
      expect(notices.length).toBeGreaterThan(0);
      // The sandbox says what Mercado Pago says: none of it may fall to the scrubbing.
      for (const { detail } of notices) {
        expect(detail).toMatchObject({ is_kept: true, is_signed: true, is_verbatim: true, removed_fields: 0 });
        expect(JSON.parse(String(detail["raw_body"]))).toMatchObject({ type: "order", data: { id: made?.providerId } });
      }
      const all = JSON.stringify(told);
      for (const secret of [ACCESS_TOKEN, WEBHOOK_SECRET, made?.qrCode ?? "", "maria@", "529.982"]) {
        expect(all).not.toContain(secret);
      }
    });

    it("when a notice was delivered three times, then one step tells it: when it was signed, its request, its bytes", async () => {
      const charge = await harness.request();
      const body = `{ "action": "order.processed",\n "type": "order", "data": {"id": "${charge.provider_id}"} }`;
      const { requestId, signedAt } = await notify(charge.provider_id, body, { times: 3 });
      const step = await stepOf(charge.id, requestId);
      expect(step).toMatchObject({
        kind: "notification",
        code: "notified",
        detail: {
          topic: "order",
          resource_id: charge.provider_id,
          is_kept: true,
          signed_at: signedAt,
          deliveries: 3,
          raw_body: body,
          raw_body_bytes: body.length,
          is_verbatim: true,
          removed_fields: 0,
        },
      });
      const told = await tell(charge.id);
      expect(told.filter(({ detail }) => detail["request_id"] === requestId)).toHaveLength(1);
      expect(JSON.stringify(await store.get(charge.id))).not.toContain("order.processed");
    });

    it("when somebody put a payer and a token into a signed notice, then staff read the rest of it", async () => {
      const charge = await harness.request();
      const planted = {
        action: "order.processed",
        status: "maria@example.com",
        "529.982.247-25": 1,
        payer: { email: "maria@example.com", identification: { type: "CPF", number: "52998224725" } },
        data: {
          id: charge.provider_id,
          external_reference: "52998224725",
          status: "processed",
          access_token: ACCESS_TOKEN,
          transactions: { payments: [{ id: "PAY01", amount: "42.90", card: { first_six_digits: "503143" } }, "Maria"] },
        },
      };
      // The first of two members of one name is not read, and must not be shown for that.
      const body = JSON.stringify(planted).replace("{", '{"action":"Maria Canária",');
      const { requestId } = await notify(charge.provider_id, body);
      const { detail } = await stepOf(charge.id, requestId);
      expect(JSON.parse(String(detail["raw_body"]))).toEqual({
        action: "order.processed",
        data: {
          id: charge.provider_id,
          status: "processed",
          transactions: { payments: [{ id: "PAY01", amount: "42.90" }] },
        },
      });
      expect(detail).toMatchObject({ is_verbatim: false, removed_fields: 7, raw_body_bytes: Buffer.byteLength(body) });
      const all = JSON.stringify(await tell(charge.id));
      expect(all).not.toMatch(/maria|Maria|529\.?982|503143|APP_USR/);
    });

    it("when the body is no JSON, then only its length is told", async () => {
      const charge = await harness.request();
      const { requestId } = await notify(charge.provider_id, "CPF 529.982.247-25");
      const { detail } = await stepOf(charge.id, requestId);
      expect(detail).toMatchObject({ is_kept: true, raw_body: null, raw_body_bytes: 18, is_verbatim: false });
    });

    it("when the notice was forgotten, then the step says so", async () => {
      const charge = await harness.request();
      const { requestId } = await notify(charge.provider_id, "{}");
      const { detail } = await stepOf(charge.id, requestId);
      const forgotten = await waitFor(
        async () => {
          await store.purge({ days: 0 });
          const step = (await tell(charge.id)).find((one) => one.detail["notice_id"] === detail["notice_id"]);
          return step?.detail["is_kept"] === false ? step : undefined;
        },
        { timeoutMs: 15_000, description: "the notice to be forgotten" },
      );
      expect(forgotten.summary).toBe(
        "Aviso do Mercado Pago recebido; lemos lá como está. O texto do aviso já foi apagado.",
      );
      expect(forgotten.detail).toEqual({
        topic: "order",
        resource_id: charge.provider_id,
        notice_id: detail["notice_id"],
        is_kept: false,
        raw_body: null,
      });
    });

    it("when English is asked for, then the same steps are told in English", async () => {
      const { id } = await harness.request({ method: "counter" });
      await harness.call("POST", `/payments/${id}/receive`, { as: "cashier", body: { tender: "cash" } });
      const url = `/payments/${id}/transactions`;
      const headers = { "accept-language": "en" };
      const english = await harness.call("GET", url, { as: "cashier", headers });
      const portuguese = await harness.call("GET", url, { as: "cashier" });
      expect(english.headers).toMatchObject({ "content-language": "en" });
      expect(portuguese.headers).toMatchObject({ "content-language": "pt-BR" });
      const summaries = (steps: readonly Step[]) => steps.map(({ summary }) => summary);
      expect(codesOf(english.json().items)).toEqual(codesOf(portuguese.json().items));
      expect(summaries(portuguese.json().items)).toEqual([
        "O pedido quer cobrar R$ 42,90 (no balcão, tentativa 1).",
        "R$ 42,90 recebidos no balcão, em dinheiro.",
        "A cobrança agora está paga.",
        "O pedido é avisado: cobrança paga.",
        "Entraram R$ 42,90.",
      ]);
      expect(summaries(english.json().items)).toEqual([
        "The order wants R$ 42,90 charged (at the counter, attempt 1).",
        "R$ 42,90 taken at the counter, in cash.",
        "The charge is now approved.",
        "The order is told: the charge is approved.",
        "R$ 42,90 came in.",
      ]);
    });

    it("when an open QR is cancelled, then it is told that the provider was asked, and what it said", async () => {
      const { id } = await harness.request();
      const cancel = { as: "admin", body: { reason: "cliente desistiu" } } as const;
      await harness.call("POST", `/payments/${id}/cancel`, cancel);
      const steps = (await tell(id)).filter(({ kind }) => kind !== "notification");
      expect(codesOf(steps).slice(-5)).toEqual([
        "close-asked",
        "close-done",
        "closing",
        "status-changed",
        "event-written",
      ]);
      expect(steps.find(({ code }) => code === "closing")?.summary).toBe("A cobrança é encerrada: cliente desistiu.");
    });

    it("when others than staff ask, then they learn nothing", async () => {
      const customer = newId();
      const { id } = await harness.request({ customer_id: customer });
      const url = `/payments/${id}/transactions`;
      const payer = { role: "customer", subject: customer, level: "registered" } as const;
      for (const as of [payer, "service"] as const) {
        expect((await harness.call("GET", url, { as })).statusCode).toBe(403);
      }
      expect((await harness.call("GET", url)).statusCode).toBe(401);
    });
  });
});
