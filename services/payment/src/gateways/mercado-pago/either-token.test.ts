import type { ServerResponse } from "node:http";
import { makeTwoValues } from "@comanda/primitives";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aCharge, aRefund } from "../../../test/builders.ts";
import { endWithAnswer, hearing, keyOf, type StandIn, startStandIn } from "../../../test/stand-in-provider.ts";
import type { PaymentProvider } from "../payment-provider.ts";
import { type TokenTry, withEitherToken } from "./either-token.ts";
import { makeMercadoPago } from "./mercado-pago.ts";
import { withinDeadline } from "./provider-fetch.ts";

const NEW = "APP_USR-1-020226-new-7";
const OLD = "APP_USR-1-010126-old-7";

type Call = { readonly token: string; readonly path: string; readonly key: string | undefined; readonly body: string };
let standIn: StandIn;
let calls: Call[] = [];
let heard: string[] = [];
let reply: (response: ServerResponse, call: Call) => void;
let provider: PaymentProvider;

beforeAll(async () => {
  standIn = await startStandIn({
    onArrival: endWithAnswer,
    answer: (response, asked) => {
      const token = (asked.headers.authorization ?? "").replace("Bearer ", "");
      const call = { token, path: asked.url, key: keyOf(asked), body: asked.body };
      calls.push(call);
      reply(response, call);
    },
  });
});
afterAll(() => standIn.stop());
beforeEach(() => {
  calls = [];
  heard = [];
  provider = makeMercadoPago({
    accessToken: NEW,
    previousAccessToken: OLD,
    externalPosId: "COMANDA01",
    publicUrl: null,
    baseUrl: standIn.url,
    observer: hearing((word) => heard.push(word)),
  });
});

const json = (response: ServerResponse, status: number, body: unknown) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};
const refuse = (response: ServerResponse) => json(response, 401, { code: "unauthorized", message: "invalid" });
const order = aCharge({ amountCents: 2590, providerId: "ORD01K372G4J4FXZ9HGHZMJMGGPKE" });
const refunded = { transactions: { refunds: [{ id: "REF1", amount: "25.90", status: "processing" }] } };
const tokens = () => calls.map(({ token }) => token);

describe("two access tokens", () => {
  it("when the present one is refused, then the same request goes out with the other, key and body alike", async () => {
    reply = (response, { token }) => (token === NEW ? refuse(response) : json(response, 200, refunded));
    const refund = aRefund({ amountCents: 2590 });
    const answer = await provider.refundCharge({ ...order, refunds: [refund] }, refund.id);
    expect(answer).toMatchObject({ outcome: "done", value: { providerRefundId: "REF1" } });
    const [one, other] = calls;
    expect(tokens()).toEqual([NEW, OLD]);
    expect({ ...one, token: "" }).toEqual({ ...other, token: "" });
    expect(one?.key).toBe(`refund-${refund.id}`);
    // No alarm, one call, and a word about which is in use.
    expect(heard).toEqual(["barrier: null", "token: previous", "refund done"]);
  });

  it("when that was so a moment ago, then the other goes first; when it is refused, then the present one again", async () => {
    let good = OLD;
    reply = (response, { token }) => (token === good ? json(response, 200, { id: 1 }) : refuse(response));
    const read = () => provider.readReference({ kind: "merchant-order", id: "1" });
    await read();
    await read();
    expect(tokens()).toEqual([NEW, OLD, OLD]);
    good = NEW;
    await read();
    await read();
    expect(tokens()).toEqual([NEW, OLD, OLD, OLD, NEW, NEW]);
    expect(heard.filter((line) => line.startsWith("token"))).toEqual(["token: previous", "token: present"]);
  });

  it("when both are refused, then nothing is decided, people are told once, and it is left alone for a while", async () => {
    reply = refuse;
    const cancelled = await provider.cancelCharge(order);
    expect(cancelled).toEqual({ outcome: "unavailable", reason: "the provider does not take our token" });
    await provider.cancelCharge(order);
    expect(tokens()).toEqual([NEW, OLD]);
    expect(heard).toEqual(["barrier: credentials", "cancel unavailable", "shed: told-to-wait", "cancel unavailable"]);
  });

  it("when a read without the SDK is refused, then it goes out with the other, too", async () => {
    reply = (response, { token }) => (token === NEW ? refuse(response) : json(response, 200, { terminals: [] }));
    expect(await provider.listTerminals()).toEqual({ outcome: "done", value: [] });
    expect(tokens()).toEqual([NEW, OLD]);
  });

  it.each([
    ["403", 403, { message: "forbidden" }],
    ["401 because the order is another's", 401, { errors: [{ code: "user_not_authorized", message: "not yours" }] }],
    ["404", 404, { message: "not found" }],
  ])("when it answers %s, then that is an answer, and the other token is not tried", async (_what, status, body) => {
    reply = (response) => json(response, status, body);
    expect(await provider.cancelCharge(order)).toMatchObject({ outcome: "refused", status });
    expect(tokens()).toEqual([NEW]);
  });

  // Were keys remembered for each token apart, the refund would be made twice.
  it("when a write got no answer and then its token is revoked, then the other token is not used for it", async () => {
    reply = (response) => (calls.length === 1 ? response.destroy() : refuse(response));
    const refund = aRefund({ amountCents: 2590 });
    const answer = await provider.refundCharge({ ...order, refunds: [refund] }, refund.id);
    expect(answer).toMatchObject({ outcome: "unknown" });
    expect(tokens()).toEqual([NEW, NEW]);
    // Nobody is alarmed by half of the truth, and the next call begins with the other.
    reply = (response, { token }) => (token === NEW ? refuse(response) : json(response, 200, { id: 1 }));
    expect(await provider.readReference({ kind: "merchant-order", id: "1" })).toMatchObject({ outcome: "done" });
    expect(tokens()).toEqual([NEW, NEW, OLD]);
    expect(heard).not.toContain("barrier: credentials");
  });
});

describe("the time of a call", () => {
  it("when none is left for the other token, then it is not asked, and the next call begins with it", async () => {
    const values = makeTwoValues({ present: NEW, previous: OLD });
    const sent: string[] = [];
    const send = async (token: string): Promise<TokenTry<null>> => {
      sent.push(token);
      const result = { outcome: "unavailable", reason: "401" } as const;
      return { result, isIll: false, isWorthRepeating: false, retryAfterSeconds: 30, token: "refused" };
    };
    const attempt = withEitherToken(values, { isWrite: true, send });
    const tried = await withinDeadline(performance.now() + 400, attempt);
    expect(sent).toEqual([NEW]);
    expect(tried).toMatchObject({ result: { outcome: "unavailable" }, retryAfterSeconds: null, token: null });
    expect(values.inOrder().map(({ value }) => value)).toEqual([OLD, NEW]);
  });
});
