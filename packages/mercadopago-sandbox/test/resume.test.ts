import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createCardToken, createQrOrder, mp, onlineOrder, pointOrder, start, testTerminal } from "./harness.ts";

it("when it is closed and comes back, then machines, cards, customers and disputes are as they were, and go on", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "sandbox-resume-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const first = await start({ dataDir });
  await first.faults({ terminal_delay_ms: 60_000, async_delay_ms: 60_000 });

  const point = (await first.authorized("POST", "/v1/orders", { body: pointOrder(), key: "p" })).body;
  await first.authorized("POST", `/v1/orders/${point.id}/events`, { body: { status: "processed" } });
  const method = { id: "pix", type: "bank_transfer" };
  const pix = onlineOrder({
    payer: { email: "a@testuser.com", first_name: "APRO" },
    transactions: { payments: [{ amount: "25.90", payment_method: method }] },
  });
  const online = (await first.authorized("POST", "/v1/orders", { body: pix, key: "o" })).body;
  const qr = await createQrOrder();
  await first.pay({ id: qr.id });
  const dispute = (await first.send("POST", "/sandbox/chargebacks", { body: { id: qr.id } })).body;
  const customerId = (await mp().customer.create({ body: { email: "b@testuser.com" } })).id ?? "";
  const token = (await createCardToken("APRO")).id ?? "";
  await mp().customerCard.create({ customerId, body: { token } });
  await first.close();

  const second = await start({ dataDir });
  expect((await second.send("GET", `/sandbox/terminals/${testTerminal}`)).body.charge.id).toBe(point.id);
  await second.advance(60_000);
  expect((await mp().order.get({ id: point.id })).status).toBe("processed");
  expect((await mp().order.get({ id: online.id })).status).toBe("processed");
  expect((await mp().order.get({ id: qr.id })).status).toBe("charged_back");
  expect((await second.authorized("GET", `/v1/chargebacks/${dispute.id}`)).status).toBe(200);
  expect(await mp().customerCard.list({ customerId })).toHaveLength(1);
  await expect(mp().customerCard.create({ customerId, body: { token } })).rejects.toMatchObject({ status: 400 });
  expect((await second.ledger()).totals).toMatchObject({ paid: 3, charged_back_cents: 2590, net_cents: 5180 });
});
