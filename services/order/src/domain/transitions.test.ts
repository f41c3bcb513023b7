import { ORDER_STATUSES, type OrderStatus } from "@comanda/contracts";
import { addSeconds } from "@comanda/primitives";
import { describe, expect, it } from "vitest";
import { aCharge, aLine, anOrder, NOW } from "../../test/order-builders.ts";
import { ACTOR_ROLES, type ActorRole, type Order } from "./order.ts";
import { allowedStatuses, changeStatus, GRACE_S, NO_SHOW_S, TRANSITIONS, UNDO_S } from "./transitions.ts";

/**
 * Product §3.2, written down a second time by hand: who may bring an order from where to where when every guard is
 * open. What is not here must be refused.
 */
const EXPECTED: Readonly<Partial<Record<`${OrderStatus} ${OrderStatus}`, string>>> = {
  "requested paid": "payment",
  "requested cancelled": "customer kiosk cashier manager admin clock",
  "requested rejected": "manager admin",
  "paid preparing": "kitchen manager admin lines",
  "paid ready_for_pickup": "kitchen manager admin lines",
  "paid cancelled": "customer cashier manager admin",
  "paid rejected": "kitchen manager admin lines",
  "preparing paid": "lines",
  "preparing ready_for_pickup": "kitchen manager admin lines",
  "preparing rejected": "kitchen manager admin lines",
  "preparing cancelled": "manager admin",
  "ready_for_pickup preparing": "kitchen cashier manager admin lines",
  "ready_for_pickup delivered": "kitchen cashier manager admin",
  "ready_for_pickup out_for_delivery": "cashier manager admin",
  "ready_for_pickup unclaimed": "manager admin clock",
  "out_for_delivery delivered": "cashier manager admin",
  "out_for_delivery ready_for_pickup": "cashier manager admin",
  "unclaimed delivered": "cashier manager admin",
  "cancelled refunded": "payment",
  "rejected refunded": "payment",
};

/** An order in `status` for which every guard is open at NOW. */
function open(status: OrderStatus): Order {
  return anOrder({
    status,
    paymentStatus: "approved",
    expiresAt: addSeconds(NOW, -1),
    paidAt: addSeconds(NOW, -60),
    startedAt: addSeconds(NOW, -10),
    readyAt: addSeconds(NOW, -NO_SHOW_S),
  });
}

const cells = ORDER_STATUSES.flatMap((from) =>
  ORDER_STATUSES.flatMap((to) => ACTOR_ROLES.map((role): [OrderStatus, OrderStatus, ActorRole] => [from, to, role])),
);

describe("changeStatus, every status × every command × every role", () => {
  it("when all guards are open, then exactly the table's cells go through, and each refusal is said aloud", () => {
    for (const [from, to, role] of cells) {
      const order = open(from);
      const result = changeStatus(order, { to, actor: { role, id: null }, now: NOW });
      const cell = `${from} → ${to} by ${role}`;
      const who = EXPECTED[`${from} ${to}`]?.split(" ") ?? [];
      if (from === to) {
        expect(result, cell).toEqual({ ok: true, value: null });
      } else if (who.includes(role)) {
        expect(result.ok && result.value?.order.status, cell).toBe(to);
        expect(result.ok && result.value?.order.version, cell).toBe(order.version + 1);
        expect(result.ok && result.value?.feed, cell).toEqual([
          { kind: "status", status: to, by: role, actorId: null, reason: null, at: NOW },
        ]);
      } else if (who.some((other) => !["payment", "lines", "clock"].includes(other))) {
        expect(result, cell).toEqual({ ok: false, refusal: { code: "forbidden-for-role" } });
      } else {
        const allowed = ORDER_STATUSES.filter((next) => EXPECTED[`${from} ${next}`]?.split(" ").includes(role));
        expect(result.ok, cell).toBe(false);
        if (!result.ok && result.refusal.code === "illegal-transition") {
          expect([...result.refusal.allowed].sort(), cell).toEqual([...allowed].sort());
        } else {
          expect.unreachable(cell);
        }
      }
    }
  });

  it("when the table is read, then nobody but payment and an undone start leads to paid, nor to refunded", () => {
    const leadTo = (to: OrderStatus) => new Set(TRANSITIONS.filter((row) => row.to === to).flatMap(({ who }) => who));
    expect(leadTo("paid")).toEqual(new Set(["payment", "lines"]));
    expect(TRANSITIONS.filter((row) => row.to === "paid" && row.who.includes("lines")).map(({ from }) => from)).toEqual(
      ["preparing"],
    );
    expect(leadTo("refunded")).toEqual(new Set(["payment"]));
    expect(leadTo("requested")).toEqual(new Set());
  });

  // Product I4: terminal states leave only by T16, T20.
  it("when an order has ended, then only a late pick-up and a refund move it", () => {
    const ended: readonly OrderStatus[] = ["delivered", "unclaimed", "cancelled", "rejected", "refunded"];
    const leaving = TRANSITIONS.filter(({ from }) => ended.includes(from)).map(({ id }) => id);
    expect(leaving).toEqual(["T16", "T20", "T20"]);
  });

  it("when a version was seen and is gone, then that comes before everything else, repetition too", () => {
    for (const to of ORDER_STATUSES) {
      const result = changeStatus(open("paid"), {
        to,
        actor: { role: "admin", id: null },
        expectedVersion: 6,
        now: NOW,
      });
      expect(result).toEqual({ ok: false, refusal: { code: "version-conflict", version: 7 } });
    }
  });
});

describe("guards", () => {
  it.each([
    ["T3", "requested", "cancelled", "clock", { expiresAt: NOW }, { expiresAt: addSeconds(NOW, 1) }],
    [
      "T8",
      "preparing",
      "paid",
      "lines",
      { startedAt: addSeconds(NOW, -UNDO_S) },
      { startedAt: addSeconds(NOW, -UNDO_S - 1) },
    ],
    [
      "T15",
      "ready_for_pickup",
      "unclaimed",
      "clock",
      { readyAt: addSeconds(NOW, -NO_SHOW_S) },
      { readyAt: addSeconds(NOW, -NO_SHOW_S + 1) },
    ],
    ["T16", "unclaimed", "delivered", "cashier", { businessDay: "2026-03-10" }, { businessDay: "2026-03-09" }],
    [
      "T17",
      "paid",
      "cancelled",
      "customer",
      { paidAt: addSeconds(NOW, -GRACE_S) },
      { paidAt: addSeconds(NOW, -GRACE_S - 1) },
    ],
  ] as const)(
    "when %s stands at its limit, then it is open, and a second beyond it is shut",
    (_id, status, to, role, at, beyond) => {
      const command = { to, actor: { role, id: null }, now: NOW };
      expect(changeStatus(anOrder({ status, ...at }), command).ok).toBe(true);
      const refused = changeStatus(anOrder({ status, ...beyond }), command);
      expect(refused).toMatchObject({ ok: false, refusal: { code: "illegal-transition" } });
      expect(allowedStatuses(anOrder({ status, ...beyond }), { role, now: NOW })).not.toContain(to);
    },
  );
});

describe("money that is not here", () => {
  const kitchen = { actor: { role: "kitchen", id: null }, now: NOW } as const;

  // Invariant I3: no order is preparing or later without approved = total.
  it("when its money is not approved, then a paid order is not started, and no screen offers it", () => {
    for (const paymentStatus of ["refund_pending", "refunded", "charged_back", "awaiting_payment"] as const) {
      const order = { ...open("paid"), paymentStatus };
      for (const to of ["preparing", "ready_for_pickup"] as const) {
        expect(changeStatus(order, { to, ...kitchen })).toEqual({
          ok: false,
          refusal: { code: "payment-not-approved" },
        });
      }
      expect(allowedStatuses(order, { role: "kitchen", now: NOW })).toEqual(["rejected"]);
    }
    const partly = { ...open("paid"), paymentStatus: "partially_refunded" } as const;
    expect(changeStatus(partly, { to: "preparing", ...kitchen }).ok).toBe(true);
    const free = { ...open("paid"), paymentStatus: "pending", totalCents: 0 } as const;
    expect(changeStatus(free, { to: "preparing", ...kitchen }).ok).toBe(true);
  });

  it("when a start is undone after the money went back, then that is refused", () => {
    const order = { ...open("preparing"), paymentStatus: "refunded" } as const;
    expect(changeStatus(order, { to: "paid", actor: { role: "lines", id: null }, now: NOW }).ok).toBe(false);
  });

  it.each(["cancelled", "rejected"] as const)("when it is %s and all is back, then it is refunded at once", (to) => {
    const order = { ...open("preparing"), charges: [aCharge({ status: "refunded" })] };
    const result = changeStatus(order, { to, actor: { role: "manager", id: null }, now: NOW });
    expect(result.ok && result.value).toMatchObject({
      order: { status: "refunded", paymentStatus: "refunded", version: 8 },
      feed: [
        { status: to, by: "manager" },
        { status: "refunded", by: "payment" },
      ],
      wishes: [],
    });
  });
});

describe("what follows a move", () => {
  const by = (role: ActorRole) => ({ actor: { role, id: null }, now: NOW });

  it("when the head of a ticket is tapped, then its open lines go along, refused ones stay", () => {
    const lines = [aLine("queued"), aLine("started"), aLine("done"), aLine("refused")];
    const statuses = (order: Order, to: OrderStatus) => {
      const result = changeStatus(order, { to, ...by("kitchen") });
      return result.ok ? result.value?.order.lines.map(({ status }) => status) : [];
    };
    expect(statuses(anOrder({ status: "paid", paymentStatus: "approved", lines }), "preparing")).toEqual([
      "started",
      "started",
      "done",
      "refused",
    ]);
    expect(statuses(anOrder({ status: "preparing", lines }), "ready_for_pickup")).toEqual([
      "done",
      "done",
      "done",
      "refused",
    ]);
    expect(statuses(anOrder({ status: "ready_for_pickup", lines }), "preparing")).toEqual([
      "queued",
      "started",
      "started",
      "refused",
    ]);
  });

  it.each([
    ["cancelled", "customer", "order_cancelled"],
    ["cancelled", "clock", "order_expired"],
    ["rejected", "admin", "order_rejected"],
  ] as const)(
    "when an order becomes %s by %s, then payment is told to let go of what is open or held",
    (to, role, reason) => {
      const charges = [
        aCharge({ paymentId: "a", attempt: 1, status: "expired" }),
        aCharge({ paymentId: "b", attempt: 2, status: "approved" }),
        aCharge({ paymentId: "c", attempt: 3, status: "pending" }),
      ];
      const result = changeStatus({ ...open("requested"), charges }, { to, ...by(role) });
      expect(result.ok && result.value?.wishes).toEqual([
        { kind: "release", paymentId: "b", reason },
        { kind: "release", paymentId: "c", reason },
      ]);
    },
  );

  it("when food is handed over, then no charge is touched", () => {
    const charges = [aCharge({ status: "approved" })];
    const result = changeStatus({ ...open("ready_for_pickup"), charges }, { to: "delivered", ...by("cashier") });
    expect(result.ok && result.value?.wishes).toEqual([]);
  });
});
