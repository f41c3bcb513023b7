import { businessDayOf, type Clock, newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ReconciliationReport } from "../src/domain/reconciliation.ts";
import { csvOf } from "../src/http/reconciliation-csv.ts";
import { makeReconciliationSchedule } from "../src/use-cases/schedule-reconciliation.ts";
import { believedPaid, openBooks } from "./books.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
let books: ReturnType<typeof openBooks>;
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
  books = openBooks(harness);
  await harness.faults({ webhooks: "drop" });
});
afterAll(() => harness.close());
afterEach(() => harness.proxy.refuse(null));

const PATH = "/payments/reconciliations";
const subject = newId();
const ask = (body: unknown, headers: Record<string, string> = {}) =>
  harness.call("POST", PATH, { as: { role: "admin", subject }, body, headers });
const read = (id: string, headers: Record<string, string> = {}) =>
  harness.call("GET", `${PATH}/${id}`, { as: "admin", headers });
const untilDone = (id: string) =>
  waitFor(
    async () => {
      const run = (await read(id)).json();
      return run.status === "done" ? run : null;
    },
    { timeoutMs: 15_000, description: `run ${id} to be done` },
  );
/** A day that nobody else here asks for, and on which nothing happened. */
let daysBack = 30;
function aQuietDay(): string {
  daysBack += 1;
  return businessDayOf(new Date(Date.now() - daysBack * 86_400_000));
}

describe("request-reconciliation", () => {
  it("when an admin asks for today, then both books are compared, and the report tells the differences", async () => {
    const today = businessDayOf(new Date());
    const unknown = await books.enter(believedPaid(await books.open({ method: "link" })));
    const foreign = await books.payForeign("=HYPERLINK(0)", 12.5);
    const asked = await ask({ date: today });
    expect(asked.statusCode).toBe(202);
    expect(asked.json()).toMatchObject({ date: today, trigger: "person" });
    expect(asked.headers["location"]).toBe(`${PATH}/${asked.json().id}`);
    const report = await untilDone(asked.json().id);
    expect(report.summary).toMatchObject({ open: 2, healed: 0, open_cents: 11_250, unread: 0 });
    expect(report.summary.found).toEqual({ ours_only: 1, theirs_only: 1, amount: 0, status: 0, ledger: 0 });
    expect(report.items).toHaveLength(2);
    expect(report.items).toContainEqual({
      class: "ours_only",
      outcome: "open",
      payment_id: unknown.id,
      order_id: unknown.orderId,
      provider_id: unknown.providerId,
      provider_payment_id: null,
      ours: { status: "approved", came_cents: 10_000, returned_cents: 0 },
      theirs: { status: "open", came_cents: 0, returned_cents: 0 },
      difference_cents: 10_000,
    });
    expect(harness.lines.some((line) => line.includes('"money-unreconciled"'))).toBe(true);

    const table = await read(report.id, { accept: "text/csv" });
    expect(table.headers["content-type"]).toMatch(/^text\/csv/);
    const lines = table.body.split("\r\n");
    expect(lines[0]).toMatch(/^date,class,outcome,payment_id,/);
    expect(lines.slice(1).toSorted()).toEqual(
      [
        "",
        `${today},ours_only,open,${unknown.id},${unknown.orderId},${unknown.providerId},,approved,10000,0,open,0,0,10000`,
        `${today},theirs_only,open,,,,${foreign},,,,paid,1250,0,1250`,
      ].toSorted(),
    );

    const listed = (await harness.call("GET", `${PATH}?limit=1`, { as: "admin" })).json();
    expect(listed.items[0]).toMatchObject({ id: report.id, status: "done", summary: { open: 2 } });
    expect(listed.items[0]).not.toHaveProperty("items");
  });

  it("when the same key asks again, then it is the same run as first answered; with another day, 422", async () => {
    const [day, key] = [aQuietDay(), { "idempotency-key": newId() }];
    const asked = await ask({ date: day }, key);
    const first = asked.json();
    await untilDone(first.id);
    const again = await ask({ date: day }, key);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.body).toBe(asked.body);
    expect((await ask({ date: aQuietDay() }, key)).json()).toMatchObject({
      status: 422,
      code: "idempotency-key-reused",
    });
    expect((await ask({ date: day })).json().id).not.toBe(first.id);
  });

  it.each([
    ["no day at all", { date: "2026-02-30" }],
    ["a day to come", { date: "2999-01-01" }],
    ["another form", { date: "10/03/2026" }],
    ["nothing", {}],
    ["more than a day", { date: "2026-01-15", force: true }],
  ])("when the body names %s, then 422", async (_what, body) => {
    expect((await ask(body)).json()).toMatchObject({ status: 422, code: "validation-failed" });
  });

  it("when the provider is away, then the run waits and tells why, and there is no table", async () => {
    harness.proxy.refuse(({ path }) =>
      path.startsWith("/v1/payments/search") ? { status: 401, body: { message: "no", error: "unauthorized" } } : null,
    );
    const { id } = (await ask({ date: aQuietDay() })).json();
    const waiting = await waitFor(
      async () => {
        const run = (await read(id)).json();
        return run.reason === null ? null : run;
      },
      { timeoutMs: 15_000, description: "the run to be put off" },
    );
    expect(waiting).toMatchObject({ status: "queued", attempts: 1 });
    expect(waiting.reason).toContain("the provider does not take our token");
    expect((await read(id, { accept: "text/csv" })).json()).toMatchObject({
      status: 409,
      code: "reconciliation-not-done",
    });
  });

  it("when there is no such run, then 404", async () => {
    expect((await read(newId())).statusCode).toBe(404);
    expect((await harness.call("GET", `${PATH}?cursor=zzz`, { as: "admin" })).statusCode).toBe(422);
  });
});

describe("the table of differences", () => {
  it("when a field begins like a formula or holds a separator, then it stays text (RFC 4180)", () => {
    const side = { status: '=1+1,"x"\r\n', cameCents: 100, returnedCents: 0 };
    const report = {
      day: "2026-03-10",
      items: [
        {
          class: "theirs_only",
          outcome: "open",
          chargeId: null,
          orderId: null,
          providerId: "@SUM(A1)",
          providerPaymentId: "-1",
          ours: null,
          theirs: side,
          differenceCents: 100,
        },
      ],
    } as unknown as ReconciliationReport; // only the day and the lines are written
    expect(csvOf(report).split("\r\n").slice(1).join("\r\n")).toBe(
      `2026-03-10,theirs_only,open,,,"'@SUM(A1)","'-1",,,,"'=1+1,""x""\r\n",100,0,100\r\n`,
    );
  });
});

describe("the daily reconciliation", () => {
  const at = (text: string): Clock => ({ now: () => new Date(text) });
  const requested = async (clock: Clock, count = 1) => {
    const schedules = Array.from({ length: count }, () => makeReconciliationSchedule({ clock, newId }, harness.store));
    const asked = await Promise.all(schedules.map((schedule) => schedule()));
    return asked.reduce((sum, one) => sum + one, 0);
  };

  it("when the day before has settled, then each day is asked for once, by however many processes", async () => {
    await books.enter(believedPaid(await books.open()));
    const week = 7;
    // 08:59 UTC is 05:59 in São Paulo: the day that ended at 05:00 has not settled yet.
    expect(await requested(at("2099-03-10T08:59:00Z"), 5)).toBe(week);
    expect(await requested(at("2099-03-10T08:59:00Z"))).toBe(0);
    expect(await requested(at("2099-03-10T09:00:00Z"), 5)).toBe(1);
    const runs = await harness.store.reconciliations.list({ limit: 20 });
    const days = runs.filter(({ trigger }) => trigger === "daily").map(({ day }) => day);
    expect(days.toSorted()).toEqual([3, 2, 4, 5, 6, 7, 8, 9].map((day) => `2099-03-0${day}`).toSorted());
  });

  it("when there was no charge before a day's end, then nothing is asked for", async () => {
    expect(await requested(at("2001-03-10T12:00:00Z"))).toBe(0);
  });
});
