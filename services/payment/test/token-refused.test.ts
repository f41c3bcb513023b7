import { newId } from "@comanda/primitives";
import { waitFor } from "@comanda/testing";
import { expect, it, onTestFinished } from "vitest";
import { startHarness } from "./harness.ts";

// F-42: the access token is over or was revoked in the panel.
it("when Mercado Pago refuses our token, then money waits instead of failing, and goes on with a good one", async () => {
  const harness = await startHarness({ isProviderTampered: true });
  onTestFinished(() => harness.close());
  const paid = await harness.request();
  await harness.pay({ qr_code: paid.qr_code });
  await harness.becomes(paid.id, "approved");

  harness.proxy.refuse(() => ({
    status: 401,
    body: { code: "unauthorized", message: "authorization value not present" },
  }));
  const wanted = await harness.call("POST", `/payments/${paid.id}/refunds`, {
    as: "admin",
    body: { reason: "pedido cancelado" },
    headers: { "idempotency-key": newId() },
  });
  expect(wanted.statusCode).toBe(201);
  const open = await harness.request();
  expect(open).toMatchObject({ status: "created", qr_code: null });
  const alarms = () => harness.lines.filter((line) => line.includes('"alarm":"provider-credentials"'));
  await waitFor(async () => (alarms().length > 0 ? true : null), { description: "people are told" });
  expect((await harness.service.app.inject({ url: "/metrics" })).body).toContain("payment_provider_barred 1");

  const waiting = await harness.store.get(paid.id);
  expect(waiting?.status).toBe("refund_pending");
  expect(waiting?.refunds.map(({ status }) => status)).not.toContain("failed");
  expect(alarms()).toHaveLength(1);

  // The owner puts a good token into the settings and starts the service again.
  harness.proxy.refuse(null);
  await harness.service.close();
  const restarted = await harness.makeService();
  onTestFinished(() => restarted.close());
  restarted.start();
  await harness.becomes(paid.id, "refunded", 30_000);
  await harness.becomes(open.id, "pending", 30_000);
}, 60_000);
