import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Charge } from "../src/domain/charge.ts";
import { reconcileDay } from "../src/use-cases/reconcile-day.ts";
import { believedPaid, closed, openBooks } from "./books.ts";
import { aCharge, aRefund } from "./builders.ts";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
let books: ReturnType<typeof openBooks>;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false, isProviderTampered: true });
  books = openBooks(harness);
  // Nothing of ours is told of what happens there: what is missed is the matter here.
  await harness.faults({ webhooks: "drop", refund_delay_ms: 1 });
});
afterAll(() => harness.close());
afterEach(() => {
  harness.proxy.refuse(null);
  harness.proxy.tamper(null);
});

/** Compares what was written since `from`. */
const compareSince = (from: Date) => reconcileDay(books.desk, { from, to: new Date(Date.now() + 60_000) }, () => {});

const begunRefund = (difference: Parameters<typeof aRefund>[0]) =>
  aRefund({ status: "in_process", providerRefundId: newId(), requestedAt: new Date(), ...difference });

/** The present moment, and a pause after which ids and payments are younger than it. */
async function aNewDay(): Promise<Date> {
  const from = new Date();
  await waitFor(async () => Date.now() > from.getTime() + 1);
  return new Date(from.getTime() + 1);
}

/** An order id of the right form that the provider never gave. */
const anUnknownOrder = (index: number) => `ORDTST01K372G4J4FXZ9HGHZMJ${String(index).padStart(6, "0")}`;

async function times<Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let index = 0; index < count; index += 1) made.push(await make(index));
  return made;
}

/** One of each kind of charge about which both books agree. */
async function agreeing(index: number): Promise<Charge> {
  const { open, pay, enter } = books;
  switch (index % 6) {
    case 0:
      return enter(believedPaid(await pay(await open())));
    case 1:
      return enter(believedPaid(await pay(await open({ method: "link" }))));
    case 2: {
      const unpaid = await open();
      await books.desk.provider.cancelCharge(unpaid);
      return enter(closed(unpaid, "cancelled"));
    }
    case 3:
      return enter(closed(await open({ method: "link" })));
    case 4:
      return enter(closed(aCharge({ providerId: null }), "failed"));
    default: {
      const counter = aCharge({ method: "counter", amountCents: 700 });
      return enter(believedPaid(counter));
    }
  }
}

describe("reconcile-day", () => {
  it("when 50 differences of each class are planted, then exactly these 200 are found (PA-14)", async () => {
    const { open, pay, enter, payForeign } = books;
    const from = await aNewDay();
    await times(60, agreeing);
    await times(50, async (index) =>
      // An order that the provider does not know, and a link without any payment.
      enter(
        believedPaid(index % 2 === 0 ? aCharge({ providerId: anUnknownOrder(index) }) : await open({ method: "link" })),
      ),
    );
    const foreign = await times(50, (index) => payForeign([newId(), null, "BALCAO-7"][index % 3] ?? null));
    await times(50, async (index) => {
      const charge = await pay(await open());
      if (index % 2 === 0) return enter(believedPaid(charge, { amountCents: 9_999 }));
      // Given back in the provider's own panel, and we missed it.
      await harness.toSandbox("/sandbox/refunds", { id: charge.providerId, amount_cents: 1_000 });
      return enter(believedPaid(charge));
    });
    await times(50, async (index) =>
      // Paid, and we missed it; or believed paid, and it never was.
      index % 2 === 0 ? enter(closed(await pay(await open()))) : enter(believedPaid(await open())),
    );
    const { items, ...figures } = await compareSince(from);
    expect(figures.found).toEqual({ ours_only: 50, theirs_only: 50, amount: 50, status: 50, ledger: 0 });
    expect(figures).toMatchObject({ open: 150, healed: 50, pending: 0, unread: 0, counter: 10 });
    expect(items).toHaveLength(200);
    expect(figures.agreeing).toBe(50);
    const theirs = items.filter((item) => item.class === "theirs_only").map((item) => item.providerPaymentId);
    expect(theirs.toSorted()).toEqual(foreign.toSorted());
    expect(new Set(items.map(({ chargeId, providerPaymentId }) => chargeId ?? providerPaymentId)).size).toBe(200);
  }, 120_000);

  it("when money may still move, then it is pending and no difference", async () => {
    const { open, pay, enter } = books;
    const from = await aNewDay();
    const soon = new Date(Date.now() + 300_000);
    // The notice is on its way.
    await enter({ ...(await pay(await open())), expiresAt: soon });
    await enter({ ...(await open()), expiresAt: new Date(Date.now() - 60_000) });
    const asked = begunRefund({ amountCents: 10_000 });
    await enter(believedPaid(await pay(await open()), { status: "refund_pending", refunds: [asked] }));
    const { items, ...figures } = await compareSince(from);
    expect(items).toEqual([]);
    expect(figures).toMatchObject({ pending: 3, compared: 0, open: 0 });
  });

  it("when a refund does not move for an hour, then the books are compared all the same", async () => {
    const { open, pay, enter } = books;
    const from = await aNewDay();
    const stuck = begunRefund({ amountCents: 1_000, requestedAt: new Date(Date.now() - 3_700_000) });
    await enter(believedPaid(await pay(await open()), { status: "refund_pending", refunds: [stuck] }));
    expect(await compareSince(from)).toMatchObject({ pending: 0, compared: 1, agreeing: 1, open: 0 });
  });

  it("when news were missed, then the regular check heals, and the report tells how it was", async () => {
    const { open, pay, enter } = books;
    const from = await aNewDay();
    const missed = await enter(closed(await pay(await open())));
    const { items } = await compareSince(from);
    expect(items).toEqual([
      {
        class: "status",
        outcome: "healed",
        chargeId: missed.id,
        orderId: missed.orderId,
        providerId: missed.providerId,
        providerPaymentId: missed.providerPaymentId,
        ours: { status: "expired", cameCents: 0, returnedCents: 0 },
        theirs: { status: "paid", cameCents: 10_000, returnedCents: 0 },
        differenceCents: 10_000,
      },
    ]);
    // The order hears of it as of any late payment, and decides.
    const healed = await harness.store.get(missed.id);
    expect(healed).toMatchObject({ status: "approved" });
    expect(healed?.unsent.map(({ type }) => type)).toContain("comanda.payment.approved");
    expect((await compareSince(from)).items).toEqual([]);
  });

  it("when money came beside a QR, or for a charge of the counter, then it is theirs only", async () => {
    const { open, pay, enter, payForeign } = books;
    const from = await aNewDay();
    const paid = await enter(believedPaid(await pay(await open())));
    const counter = await enter(believedPaid(aCharge({ method: "counter" })));
    const [beside, odd] = [await payForeign(paid.id, 100), await payForeign(counter.id.toUpperCase(), 1)];
    const { items, found } = await compareSince(from);
    expect(found).toMatchObject({ theirs_only: 2, ours_only: 0, amount: 0, status: 0 });
    expect(items.map(({ chargeId, providerPaymentId }) => [chargeId, providerPaymentId]).toSorted()).toEqual(
      [
        [paid.id, beside],
        [counter.id, odd],
      ].toSorted(),
    );
  });

  it("when a link is paid twice, then the second payment goes back and both books agree", async () => {
    const { open, pay, enter, payForeign } = books;
    const from = await aNewDay();
    const link = await enter(believedPaid(await pay(await open({ method: "link" }))));
    await payForeign(link.id, 100);
    expect(await compareSince(from)).toMatchObject({ found: { amount: 1 }, healed: 1, open: 0 });
    expect(await compareSince(from)).toMatchObject({ open: 0, healed: 0 });
  });

  it("when a payment is disputed and we missed it, then the charge learns it", async () => {
    const { open, pay, enter } = books;
    const from = await aNewDay();
    const charges = [
      await enter(believedPaid(await pay(await open()))),
      await enter(believedPaid(await pay(await open({ method: "link" })))),
    ];
    for (const { method, providerId, providerPaymentId } of charges) {
      await harness.toSandbox("/sandbox/chargebacks", { id: method === "link" ? providerPaymentId : providerId });
    }
    expect(await compareSince(from)).toMatchObject({ found: { status: 2 }, healed: 2, open: 0 });
    for (const { id } of charges) expect(["in_dispute", "charged_back"]).toContain(await harness.statusOf(id));
    expect(await compareSince(from)).toMatchObject({ open: 0, healed: 0, compared: 2 });
  });

  it("when a charge's entries do not add up to what it states, then the ledger is at fault", async () => {
    const { open, pay, enter } = books;
    const from = await aNewDay();
    const paid = believedPaid(await pay(await open()));
    const broken = await enter({ ...paid, ledger: paid.ledger.map((entry) => ({ ...entry, amountCents: 9_000 })) });
    const { items } = await compareSince(from);
    expect(items).toMatchObject([{ class: "ledger", outcome: "open", chargeId: broken.id, differenceCents: 1_000 }]);
  });

  it("when a charge of another day moves on this one, then it is compared, but not counted among this day's", async () => {
    const { open, pay, enter } = books;
    const charge = await open();
    const from = await aNewDay();
    await enter(closed(await pay(charge)));
    const { ours, healed, compared } = await compareSince(from);
    expect({ healed, compared, came: ours.cameCents }).toEqual({ healed: 1, compared: 1, came: 0 });
  });

  it("when the list is long, then it is read page by page, each payment once", async () => {
    const { payForeign } = books;
    const from = await aNewDay();
    await times(120, () => payForeign(null, 1));
    expect(await compareSince(from)).toMatchObject({ listed: 120, found: { theirs_only: 120 }, openCents: 12_000 });
  });

  it("when the provider does not answer, then the comparison breaks off instead of blaming anybody", async () => {
    const from = await aNewDay();
    harness.proxy.refuse(({ path }) =>
      path.startsWith("/v1/payments/search") ? { status: 403, body: { message: "no", error: "forbidden" } } : null,
    );
    await expect(compareSince(from)).rejects.toThrow(/refused/);
  });

  it("when one charge cannot be read, then it is unread and the others are compared", async () => {
    const { open, enter } = books;
    const from = await aNewDay();
    const [odd] = [await enter(believedPaid(await open())), await agreeing(0), await agreeing(1)];
    harness.proxy.refuse(({ path }) =>
      path === `/v1/orders/${odd.providerId}` ? { status: 403, body: { code: "forbidden", message: "no" } } : null,
    );
    expect(await compareSince(from)).toMatchObject({ unread: 1, compared: 2, agreeing: 2, open: 0 });
  });
});
