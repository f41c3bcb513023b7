import { MercadoPagoConfig, MPConnectionError, MPRateLimitError, MPServerError, User } from "mercadopago";
import { describe, expect, it } from "vitest";
import { defaultAccessToken } from "../src/index.ts";
import { createQrOrder, mp, start } from "./harness.ts";

describe("faults on demand", () => {
  it("when they are set, shown and cleared, then only what was named changes", async () => {
    const { faults, send } = await start();
    expect((await faults({ latency_ms: 5 })).body).toMatchObject({ latency_ms: 5, error_rate: 0, webhooks: "normal" });
    expect((await faults({ webhooks: "drop" })).body).toMatchObject({ latency_ms: 5, webhooks: "drop" });
    expect((await send("GET", "/sandbox/faults")).body).toMatchObject({ latency_ms: 5, webhooks: "drop" });
    expect((await send("DELETE", "/sandbox/faults")).body).toMatchObject({ latency_ms: 0, webhooks: "normal" });
  });

  it("when a fault is unknown or out of range, then nothing changes and the problem says where", async () => {
    const { faults, send } = await start();
    for (const body of [{ error_rate: 2 }, { lost: true }, { webhooks: "eaten" }, { latency_ms: -1 }, []])
      expect(await faults(body)).toMatchObject({
        status: 422,
        body: { code: "invalid-body", errors: [{ path: expect.any(String) }] },
      });
    expect((await send("GET", "/sandbox/faults")).body.error_rate).toBe(0);
  });

  it("when errors are certain, then calls fail before anything is done, and the wallet still works", async () => {
    const { faults, ledger, pay } = await start();
    const order = await createQrOrder();
    await faults({ error_rate: 1 });
    await expect(createQrOrder()).rejects.toThrow(MPServerError);
    expect((await ledger()).totals.charges).toBe(1);
    expect((await pay({ qr_code: order.qrCode })).status).toBe(200);
  });

  it("when the next two calls fail, then the third is well, and the SDK that tries three times does not notice", async () => {
    const { faults, ledger } = await start();
    await faults({ fail_next: 1 });
    await expect(createQrOrder()).rejects.toThrow(MPServerError);
    expect((await createQrOrder()).id).toMatch(/^ORD/);
    await faults({ fail_next: 2 });
    const patient = new MercadoPagoConfig({
      accessToken: defaultAccessToken,
      options: { maxRetries: 2, initialDelay: 1 },
    });
    expect(await new User(patient).get()).toMatchObject({ site_id: "MLB" });
    expect((await ledger()).totals.charges).toBe(1);
  });

  it("when Mercado Pago is down, then connections are cut, and the wallet still works", async () => {
    const { faults, pay } = await start();
    const order = await createQrOrder();
    await faults({ down: true });
    await expect(mp().order.get({ id: order.id })).rejects.toThrow(MPConnectionError);
    expect((await pay({ qr_code: order.qrCode })).status).toBe(200);
  });

  it("when calls are limited, then 429 says when to come back", async () => {
    const { faults } = await start();
    await faults({ rate_limit_rate: 1 });
    await expect(mp().user.get()).rejects.toMatchObject({ retryAfter: 1, constructor: MPRateLimitError });
  });

  it("when the seed is the same, then the same calls fail", async () => {
    const { faults, authorized } = await start();
    const run = async () => {
      await faults({ error_rate: 0.5, seed: 42 });
      const statuses: number[] = [];
      for (let call = 0; call < 12; call += 1) statuses.push((await authorized("GET", "/users/me")).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });
});
