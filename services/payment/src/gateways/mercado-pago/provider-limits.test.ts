import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { newId } from "@comanda/primitives";
import { selfSigned, startDeafHost } from "@comanda/testing";
import { AppConfig } from "mercadopago/dist/utils/config/index.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { aCharge, aRefund } from "../../../test/builders.ts";
import { endWithAnswer, hearing, keyOf, type StandIn, startStandIn } from "../../../test/stand-in-provider.ts";
import type { PaymentProvider } from "../payment-provider.ts";
import { useProviderAt } from "./base-url.ts";
import { makeMercadoPago } from "./mercado-pago.ts";
import { makeProviderLimits, type ProviderObserver } from "./provider-limits.ts";

// A plain server stands for a Mercado Pago that is ill (reliability PA-17, PA-26, F-28 to F-33).

let standIn: StandIn;
let provider: PaymentProvider;
let reply: (response: ServerResponse, call: { readonly count: number; readonly key: string | undefined }) => void;
let keys: (string | undefined)[] = [];
let atOnce = 0;
let atOnceMax = 0;
let heard: string[] = [];

beforeAll(async () => {
  standIn = await startStandIn({
    onArrival: (response) => {
      atOnce += 1;
      atOnceMax = Math.max(atOnceMax, atOnce);
      response.on("close", () => {
        atOnce -= 1;
      });
      endWithAnswer(response);
    },
    answer: (response, asked) => {
      const key = keyOf(asked);
      keys.push(key);
      reply(response, { count: keys.length, key });
    },
  });
});
afterAll(() => standIn.stop());
beforeEach(() => {
  keys = [];
  heard = [];
  atOnceMax = 0;
  provider = makeMercadoPago({
    accessToken: "APP_USR-test",
    externalPosId: "COMANDA01",
    publicUrl: null,
    baseUrl: standIn.url,
    observer: hearing((word) => heard.push(word)),
  });
});
afterEach(() => standIn.endConnections());

const urlOf = (one: { readonly address: () => AddressInfo | string | null }) => {
  const address = one.address();
  if (address === null || typeof address === "string") throw new Error("it listens on TCP");
  return `http://127.0.0.1:${address.port}`;
};
const charge = () => aCharge({ amountCents: 2590, providerId: "ORD01K372G4J4FXZ9HGHZMJMGGPKE" });
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const found = (reference: string) => ({
  id: "ORD01K372G4J4FXZ9HGHZMJMGGPKE",
  status: "created",
  external_reference: reference,
  total_amount: "25.90",
  currency: "BRL",
});
const outcomes = (results: readonly { readonly outcome: string }[]) => results.map(({ outcome }) => outcome);

describe("second tries (PA-17)", () => {
  const NOBODY: ProviderObserver = {
    onCall: () => undefined,
    onShed: () => undefined,
    onBreaker: () => undefined,
    onStrangeAnswer: () => undefined,
    onToken: () => undefined,
    onBarrier: () => undefined,
  };
  const passing = {
    result: { outcome: "unknown", reason: "passing" },
    isIll: false,
    isWorthRepeating: true,
    retryAfterSeconds: null,
  } as const;

  it.each([
    [0, 100],
    [0.999, 999],
  ])("when the dice say %d, then the second comes after %d ms, and there is no third", async (dice, pauseMs) => {
    const times: number[] = [];
    await makeProviderLimits(NOBODY, () => dice)("read", async () => {
      times.push(performance.now());
      return passing;
    });
    expect(times).toHaveLength(2);
    // Timers may be a millisecond early, and as late as they like.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(pauseMs - 2);
  });

  it("when every call wants a second try, then ten that were saved up get one, and of the others one in ten", async () => {
    let tries = 0;
    const limits = makeProviderLimits(NOBODY, () => 0);
    for (let call = 1; call <= 60; call += 1) {
      await limits("read", async () => {
        tries += 1;
        return passing;
      });
    }
    expect(tries - 60).toBeGreaterThanOrEqual(14);
    expect(tries - 60).toBeLessThanOrEqual(16);
  });
});

describe("a provider that is ill", () => {
  it("when a call fails once, then it is tried once more, with the same key, and nobody notices", async () => {
    const one = charge();
    reply = (response, { count }) => (count === 1 ? json(500, {}) : json(200, found(one.id)))(response);
    expect(await provider.cancelCharge(one)).toMatchObject({ outcome: "done" });
    expect(keys).toEqual([`cancel-${one.id}`, `cancel-${one.id}`]);
  });

  it("when every call fails, then second tries are few, the breaker opens, and one call finds out that it is over", async () => {
    reply = json(500, {});
    const one = charge();
    const results: string[] = [];
    for (let round = 0; round < 15; round += 1) {
      results.push(...outcomes(await Promise.all(Array.from({ length: 4 }, () => provider.readCharge(one)))));
    }
    expect(new Set(results)).toEqual(new Set(["unknown", "unavailable"]));
    expect(heard).toContain("breaker: open");
    expect(heard).toContain("shed: breaker");
    // Of 60 calls those that went out, with at most a tenth more and the ten that were saved up.
    expect(keys.length).toBeLessThan(60);
    const asked = keys.length;
    expect((await provider.readCharge(one)).outcome).toBe("unavailable");
    expect(keys.length).toBe(asked);
    reply = json(200, found(one.id));
    await expect
      .poll(async () => (await provider.readCharge(one)).outcome, { timeout: 15_000, interval: 100 })
      .toBe("done");
    expect(keys.length).toBeLessThanOrEqual(asked + 2);
    expect(heard.slice(-4)).toContain("breaker: closed");
  });

  it("when it says to come back in a second, then it is not asked before that", async () => {
    const one = charge();
    reply = json(429, { message: "too many" }, { "retry-after": "1" });
    expect((await provider.readCharge(one)).outcome).toBe("unavailable");
    const toldAt = performance.now();
    reply = json(200, found(one.id));
    expect((await provider.readCharge(one)).outcome).toBe("unavailable");
    expect(keys).toHaveLength(1);
    expect(heard).toContain("shed: told-to-wait");
    await expect
      .poll(async () => (await provider.readCharge(one)).outcome, { timeout: 5_000, interval: 20 })
      .toBe("done");
    expect(performance.now() - toldAt).toBeGreaterThan(950);
  });

  it("when it refuses our token, then people are told, nothing is decided, and it is left alone for a while (F-42)", async () => {
    const one = charge();
    reply = json(401, { code: "unauthorized", message: "authorization value not present" });
    const refunded = { ...one, refunds: [aRefund({ id: newId(), amountCents: 100 })] };
    const wanted = await provider.refundCharge(refunded, refunded.refunds[0]?.id ?? "");
    expect(wanted).toEqual({ outcome: "unavailable", reason: "the provider does not take our token" });
    for (let round = 0; round < 5; round += 1) {
      expect((await provider.createQrCharge(one, 300)).outcome).toBe("unavailable");
    }
    expect(keys).toHaveLength(1);
    expect(heard).toContain("barrier: credentials");
  });

  it("when this seller may not give that order back, then that is an answer, and the token is good", async () => {
    reply = json(401, { errors: [{ code: "user_not_authorized", message: "" }] });
    expect(await provider.cancelCharge(charge())).toMatchObject({ outcome: "refused", code: "user_not_authorized" });
    expect(heard).toContain("barrier: null");
  });

  it("when a call may have arrived and the second try surely did not, then what came of it is unknown", async () => {
    const passing = createServer((request) => {
      passing.close();
      request.resume().on("end", () => request.socket.destroy());
    }).listen(0, "127.0.0.1");
    await once(passing, "listening");
    useProviderAt(urlOf(passing));
    onTestFinished(() => useProviderAt(standIn.url));
    expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unknown");
  });

  it("when the connection does not come about within its second, then surely nothing happened there (PA-17)", async () => {
    const deaf = await startDeafHost();
    onTestFinished(deaf.close);
    useProviderAt(`http://127.0.0.1:${deaf.port}`);
    onTestFinished(() => useProviderAt(standIn.url));
    // Without a time of its own for connecting, all 5 s would pass, and nobody could tell.
    expect(await provider.createQrCharge(charge(), 300)).toEqual({
      outcome: "unavailable",
      reason: "the provider cannot be reached",
    });
  });

  it("when nobody vouches for its certificate, then it is sent nothing, not even the token, and people are told", async () => {
    let visits = 0;
    const impostor = createTlsServer(selfSigned("127.0.0.1"), () => {
      visits += 1;
    }).listen(0, "127.0.0.1");
    onTestFinished(() => {
      impostor.close();
    });
    await once(impostor, "listening");
    useProviderAt(urlOf(impostor).replace("http:", "https:"));
    onTestFinished(() => useProviderAt(standIn.url));
    expect((await provider.createQrCharge(charge(), 300)).outcome).toBe("unavailable");
    expect([visits, heard.includes("barrier: certificate")]).toEqual([0, true]);
  });

  it("when it never answers, then 50 callers wait 5 s at most, and 20 at a time are sent there", async () => {
    reply = () => undefined;
    const startedAt = performance.now();
    const results = await Promise.all(Array.from({ length: 50 }, () => provider.readCharge(charge())));
    expect(performance.now() - startedAt).toBeLessThan(6_500);
    expect(atOnceMax).toBe(20);
    expect(results.every(({ outcome }) => outcome !== "done" && outcome !== "refused")).toBe(true);
  }, 20_000);

  it.each([
    [
      "an HTML page",
      (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    ["nothing", (response: ServerResponse) => response.writeHead(200).end()],
    ["half of an answer", json(200, '{"id":"ORD01K372G4J4FXZ9HGHZMJ')],
    ["a number for an id", json(200, { id: 7, status: "created" })],
    ["a list", json(200, [])],
    ["ten MiB", json(200, JSON.stringify({ id: "x".repeat(10 * 1024 * 1024) }))],
  ])("when it answers with %s, then nothing is concluded from it, and people are told", async (_what, answer) => {
    reply = answer;
    expect((await provider.readCharge(charge())).outcome).toBe("unknown");
    expect(heard).toContain("strange: read");
  });

  it("when it sends us elsewhere, then nobody goes there", async () => {
    reply = json(302, "", { location: "http://127.0.0.1:1/" });
    expect((await provider.readCharge(charge())).outcome).not.toBe("done");
  });

  it("when it answers with fields that we do not know, then they disturb nobody", async () => {
    const one = charge();
    reply = json(200, { ...found(one.id), colour: "green" });
    expect((await provider.readCharge(one)).outcome).toBe("done");
  });

  it("when something sets another address meanwhile, then the token does not go there", async () => {
    const token = { headers: { [AppConfig.Headers.PRODUCT_ID]: "x", authorization: "Bearer secret" } };
    await expect(fetch("http://127.0.0.1:1/v1/orders", token)).rejects.toThrow(/another host/);
  });
});
