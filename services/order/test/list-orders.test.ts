import { newId } from "@comanda/primitives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OrderAnswer } from "../src/http/order-schema.ts";
import { type OrderingHarness, startOrderingHarness } from "./ordering-harness.ts";

let harness: OrderingHarness;
const ana = { role: "customer", level: "registered", subject: newId() } as const;
const bia = { role: "customer", level: "registered", subject: newId() } as const;
const ids: string[] = [];

beforeAll(async () => {
  harness = await startOrderingHarness();
  for (let index = 0; index < 12; index += 1) {
    harness.clock.advanceSeconds(60);
    const headers = await harness.as(index % 2 === 0 ? ana : bia);
    // Three of Ana's are paid, the rest wait.
    const order = index % 4 === 0 ? await harness.paid({}, headers) : await harness.placed({}, headers);
    ids.unshift(order.id);
  }
});
afterAll(() => harness.close());

async function list(query: string, who: Parameters<OrderingHarness["as"]>[0] = "admin") {
  return harness.call("GET", `/orders/${query}`, { headers: await harness.as(who) });
}

const idsOf = (answer: Awaited<ReturnType<typeof list>>) => answer.json().items.map(({ id }: OrderAnswer) => id);

describe("listOrders", () => {
  it("when staff look, then all orders are there, newest first; a customer sees their own", async () => {
    expect(idsOf(await list(""))).toEqual(ids);
    expect(idsOf(await list("", ana))).toEqual(ids.filter((_id, index) => index % 2 === 1));
  });

  it("when pages are turned while orders come in, then nothing is missed and nothing twice", async () => {
    const seen: string[] = [];
    let cursor = "";
    for (;;) {
      const page = (await list(`?limit=5${cursor === "" ? "" : `&cursor=${cursor}`}`)).json();
      seen.push(...page.items.map(({ id }: OrderAnswer) => id));
      await harness.placed();
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  it("when filters are named, then they combine", async () => {
    const paid = await list(`?status=paid&payment_status=approved&customer_id=${ana.subject}`);
    expect(idsOf(paid)).toEqual([ids[3], ids[7], ids[11]]);
    expect(idsOf(await list(`?status=paid&customer_id=${bia.subject}`))).toEqual([]);
    const [newest, , third] = (await list(`?customer_id=${ana.subject}`)).json().items;
    expect(idsOf(await list(`?customer_id=${ana.subject}&from=${third.created_at}&to=${newest.created_at}`))).toEqual([
      ids[3],
      ids[5],
    ]);
  });

  // Reliability OR-15: no filter widens what a customer sees.
  it("when a customer names another customer, then nothing is there", async () => {
    expect(idsOf(await list(`?customer_id=${bia.subject}`, ana))).toEqual([]);
    const stolen = (await list("?limit=1", bia)).json().next_cursor;
    for (const id of idsOf(await list(`?cursor=${stolen}`, ana))) expect(ids.indexOf(id) % 2).toBe(1);
  });

  it("when the kitchen looks, then only what was paid is there; the panel sees what is on the board, and no more of it", async () => {
    const paid = ids.filter((_id, index) => index % 4 === 3);
    const [gone = "", ...board] = paid.toReversed();
    for (const status of ["ready_for_pickup", "delivered"]) await harness.patch(gone, { status });
    for (const who of ["kitchen", { role: "device", kind: "kitchen" }] as const) {
      expect(idsOf(await list("?limit=100", who))).toEqual(paid);
      expect(idsOf(await list("?limit=100&status=requested", who))).toEqual([]);
    }
    const panel = { role: "device", kind: "panel" } as const;
    const shown = await list("?limit=100", panel);
    expect(idsOf(shown)).toEqual(board.toReversed());
    for (const order of shown.json().items) expect(order).toMatchObject({ items: [], table: null });
    // Who ordered what is no question of theirs.
    for (const who of ["kitchen", { role: "device", kind: "kitchen" }, panel] as const) {
      expect((await list(`?customer_id=${ana.subject}`, who)).json()).toMatchObject({ status: 403, code: "forbidden" });
    }
  });

  it.each([
    "?limit=0",
    "?limit=101",
    "?limit=1;drop",
    "?cursor=nonsense",
    `?cursor=${Buffer.from("1 2").toString("base64url")}`,
    "?status=eaten",
    "?status=paid&status=requested",
    "?customer_id[$ne]=1",
    "?customer_id=1",
    "?from=yesterday",
    "?from=2016-12-31T23:59:60Z",
    "?sort=__proto__",
  ])("when the query is %s, then it is refused", async (query) => {
    expect((await list(query)).statusCode).toBe(422);
  });
});
