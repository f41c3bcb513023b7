import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { startMongoServer } from "@comanda/testing/mongo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storesFor } from "./both-stores.ts";
import { CRASH_POINTS, type CrashPoint, type CrashStory } from "./crash-points.ts";
import { chargeBody, type Harness, startHarness } from "./harness.ts";
import { type AskedOfService, type MortalService, type Step, startMortalService } from "./mortal-service.ts";

const server = await startMongoServer();
afterAll(() => server?.stop());

/** How each story ends, whenever the process died: once, and the same on both sides. */
const ENDS = {
  create: { status: "pending", atProvider: "created", timesPaid: 0, refundedCents: [] },
  notice: { status: "approved", atProvider: "processed", timesPaid: 1, refundedCents: [] },
  refund: { status: "refunded", atProvider: "refunded", timesPaid: 1, refundedCents: [4_290] },
  "refund-lines": { status: "partially_refunded", atProvider: "processed", timesPaid: 1, refundedCents: [1_430] },
  cancel: { status: "cancelled", atProvider: "canceled", timesPaid: 0, refundedCents: [] },
} as const satisfies Record<CrashStory, unknown>;

/** Three of one thing, so that one can go back. */
const ITEMS = [{ id: "line-1", title: "Pastel", quantity: 3, unit_price_cents: 1_430 }];

// Reliability PA-16: a process may die between any two steps; money moves once, and everybody learns of it.
describe.each(storesFor(server))("a process that dies, on $name", ({ options }) => {
  let harness: Harness;
  /** The heir of one death dies the next: it has seen everything to its end before. */
  let living: MortalService | null = null;
  beforeAll(async () => {
    harness = await startHarness({ ...options(), isBackgroundOn: false, isProviderTampered: true });
    await harness.faults({ refund_delay_ms: 20 });
    // The processes of these tests take its place on its port.
    await harness.service.app.close();
  });
  afterAll(async () => {
    await living?.bury();
    await harness.close();
  });

  it.each(CRASH_POINTS)("when $story dies $name, then it is done once and everybody is told", async (point) => {
    const id = newId();
    const mortal = living ?? (await startMortalService(harness));
    living = null;
    const wish = await tellUntilItDies(harness, { mortal, id, point });

    const heir = await startMortalService(harness);
    living = heir;
    if (point.isLostWish === true) expect((await heir.ask(wish)).statusCode).toBeLessThan(300);
    const { status, atProvider, timesPaid, refundedCents } = ENDS[point.story];
    await harness.becomes(id, status, 15_000);
    // Whoever got no answer asks again: it is the same charge and the same refund.
    if (point.story !== "notice") expect((await heir.ask(wish)).statusCode).toBeLessThan(300);
    await everyEventArrived(harness, id);
    expect(await harness.statusOf(id)).toBe(status);
    const charges = await harness.ledgerOf(id);
    expect(charges.map((charge) => charge.status)).toEqual([atProvider]);
    expect(charges.map((charge) => charge.times_paid)).toEqual([timesPaid]);
    expect(charges.flatMap(({ refunds }) => refunds.map((refund) => refund.amount_cents))).toEqual(refundedCents);
    if (status === "pending") expect((await heir.ask(await cancellationOf(harness, id))).statusCode).toBe(200);
  });
});

/** Plays the story to the death in it. What was asked for at that moment is given back. */
async function tellUntilItDies(
  harness: Harness,
  { mortal, id, point }: { readonly mortal: MortalService; readonly id: string; readonly point: CrashPoint },
): Promise<AskedOfService> {
  const arm = () =>
    mortal.become({
      // Its predecessor's charge may still be busy beside this one.
      isLast: (step) => isAbout(step, id) && point.isLast(step),
      // A notice is to be worked on because it came, not because somebody looks anyway.
      isSweeping: point.story !== "notice",
      isHasty: false,
    });
  try {
    const wish = await tell(harness, { service: mortal, id, story: point.story, arm });
    await mortal.hasDied();
    return wish;
  } finally {
    await mortal.bury();
  }
}

/** Steps that do not say whose they are may be anybody's. */
function isAbout({ charge, events }: Step, id: string): boolean {
  return (charge?.id ?? id) === id && events?.some(({ subject }) => subject === id) !== false;
}

type Telling = {
  readonly service: MortalService;
  readonly id: string;
  readonly story: CrashStory;
  /** Called when the next thing asked for is the one to die in. */
  readonly arm: () => void;
};

async function tell(harness: Harness, { service, id, story, arm }: Telling): Promise<AskedOfService> {
  const authorization = await harness.bearer("service");
  const creation = { url: "/payments/", authorization, body: chargeBody({ id, items: ITEMS }) };
  if (story === "create") arm();
  await service.ask(creation);
  if (story === "create") return creation;
  const { qrCode } = await harness.becomes(id, "pending", 15_000);
  if (story === "cancel") {
    const cancellation = await cancellationOf(harness, id);
    arm();
    await service.ask(cancellation);
    return cancellation;
  }
  if (story === "notice") arm();
  await harness.pay({ qr_code: qrCode ?? "" });
  if (story === "notice") return creation;
  await harness.becomes(id, "approved", 15_000);
  const refund = {
    url: `/payments/${id}/refunds`,
    authorization: await harness.bearer("admin"),
    body: story === "refund" ? { reason: "test" } : { items: [{ id: "line-1", quantity: 1 }], reason: "test" },
    idempotencyKey: newId(),
  };
  arm();
  await service.ask(refund);
  return refund;
}

async function cancellationOf(harness: Harness, id: string): Promise<AskedOfService> {
  const authorization = await harness.bearer("service");
  return { url: `/payments/${id}/cancel`, authorization, body: { reason: "for the test" } };
}

/** Every event that the flow tells of has reached the order service, and none is left to be sent. */
async function everyEventArrived(harness: Harness, id: string): Promise<void> {
  await waitFor(
    async () => {
      const charge = await harness.store.get(id);
      const told = charge?.entries.filter(({ kind }) => kind === "event").map(({ detail }) => detail["event_id"]) ?? [];
      const arrived = new Set(harness.receiver.events.map((event) => event["id"]));
      return charge?.unsent.length === 0 && told.length > 0 && told.every((event) => arrived.has(event)) ? true : null;
    },
    { timeoutMs: 15_000, description: `every event of ${id} to arrive` },
  );
}
