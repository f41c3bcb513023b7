import { createHmac } from "node:crypto";
import { WebhookSignatureValidator } from "mercadopago";
import { describe, expect, it } from "vitest";
import { checkSignature } from "./signature.ts";

// Reliability PA-06: what a signature covers, in every form that was seen or that somebody might try.

const SECRET = "sim-webhook-secret";
const BEFORE = "the-secret-before-it";
const SECRETS = [SECRET, BEFORE];
const ORDER = "ORD01K372G4J4FXZ9HGHZMJMGGPKE";
const PAYMENT = "137159042654";
const REQUEST = "11111111-2222-4333-8444-555555555555";
const MS = "1760000000000";
const S = "1760000000";
/** Worked out once, beside this code: provider §1.7. */
const OF_ORDER = "27f53ba2d27236bba98bfdf91a232bd2aadf52c12b43e6ba9a018c6e2930ad77";
const OF_PAYMENT = "8c4e556b4a60d31890e7314470fa589da8a43e702f33846cec04ac524f69db81";

const hmac = (manifest: string, secret = SECRET) => createHmac("sha256", secret).update(manifest).digest("hex");
const forOrder = (more: { id?: string; ts?: string; secret?: string; request?: string } = {}) => {
  const { id = ORDER.toLowerCase(), ts = MS, secret, request = REQUEST } = more;
  return `ts=${ts},v1=${hmac(`id:${id};request-id:${request};ts:${ts};`, secret)}`;
};
const withoutRequest = `ts=${MS},v1=${hmac(`id:${PAYMENT};ts:${MS};`)}`;
const withoutId = `ts=${MS},v1=${hmac(`request-id:${REQUEST};ts:${MS};`)}`;
const stampAlone = `ts=${MS},v1=${hmac(`ts:${MS};`)}`;

type Vector = readonly [what: string, header: string | undefined, dataId: string | null, requestId: string | undefined];

const GOOD: readonly Vector[] = [
  ["the vector of an order", `ts=${MS},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["the vector of a payment, in seconds", `ts=${S},v1=${OF_PAYMENT}`, PAYMENT, REQUEST],
  ["signed in lower case, come in upper case", forOrder(), ORDER, REQUEST],
  ["signed in lower case, come in lower case", forOrder(), ORDER.toLowerCase(), REQUEST],
  ["signed as it is, in upper case", forOrder({ id: ORDER }), ORDER, REQUEST],
  ["signed as it is, in mixed case", forOrder({ id: "OrD1" }), "OrD1", REQUEST],
  ["in seconds", forOrder({ ts: S }), ORDER, REQUEST],
  ["with the secret before the present one", forOrder({ secret: BEFORE }), ORDER, REQUEST],
  ["the same, as it is", forOrder({ secret: BEFORE, id: ORDER }), ORDER, REQUEST],
  [
    "years old: whether that is too old is no matter of the signature",
    forOrder({ ts: "1000000000000" }),
    ORDER,
    REQUEST,
  ],
  ["without a request id", withoutRequest, PAYMENT, undefined],
  ["with an empty request id, which is none", withoutRequest, PAYMENT, ""],
  ["without an id", withoutId, null, REQUEST],
  ["of nothing but a stamp", stampAlone, null, undefined],
  ["with spaces", ` ts=${MS} , v1=${OF_ORDER} `, ORDER, REQUEST],
  ["with the hash before the stamp", `v1=${OF_ORDER},ts=${MS}`, ORDER, REQUEST],
  ["with names in upper case", `TS=${MS},V1=${OF_ORDER}`, ORDER, REQUEST],
  ["with something beside it that nobody knows", `ts=${MS},v1=${OF_ORDER},alg=x`, ORDER, REQUEST],
  ["with a newer version beside it", `ts=${MS},v1=${OF_ORDER},v2=${"0".repeat(64)}`, ORDER, REQUEST],
];

const BAD: readonly Vector[] = [
  ["no header", undefined, ORDER, REQUEST],
  ["an empty one", "", ORDER, REQUEST],
  ["garbage", "garbage", ORDER, REQUEST],
  ["a JSON object", '{"ts":1}', ORDER, REQUEST],
  ["empty parts", "ts=,v1=", ORDER, REQUEST],
  ["no stamp", `v1=${OF_ORDER}`, ORDER, REQUEST],
  ["no hash", `ts=${MS}`, ORDER, REQUEST],
  ["only a newer version", `ts=${MS},v2=${OF_ORDER}`, ORDER, REQUEST],
  ["another hash", `ts=${MS},v1=${"0".repeat(64)}`, ORDER, REQUEST],
  ["a hash that is one letter short", `ts=${MS},v1=${OF_ORDER.slice(0, -1)}`, ORDER, REQUEST],
  ["a hash that is one letter long", `ts=${MS},v1=${OF_ORDER}0`, ORDER, REQUEST],
  ["the hash in upper case", `ts=${MS},v1=${OF_ORDER.toUpperCase()}`, ORDER, REQUEST],
  ["a hash of as many characters and more bytes", `ts=${MS},v1=${"é".repeat(64)}`, ORDER, REQUEST],
  ["a hash of as many bytes", `ts=${MS},v1=${"é".repeat(32)}`, ORDER, REQUEST],
  ["the hash in base64", `ts=${MS},v1=${Buffer.from(OF_ORDER, "hex").toString("base64")}`, ORDER, REQUEST],
  ["the hash twice", `ts=${MS},v1=${OF_ORDER},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["a bad hash before the good one", `ts=${MS},v1=${"0".repeat(64)},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["the stamp twice", `ts=${MS},ts=${MS},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["another stamp", `ts=1760000000001,v1=${OF_ORDER}`, ORDER, REQUEST],
  ["the stamp in another unit", `ts=${S},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["a stamp with letters", `ts=${MS}x,v1=${OF_ORDER}`, ORDER, REQUEST],
  ["a stamp below zero", `ts=-${MS},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["a stamp of twenty digits", `ts=${"1".repeat(20)},v1=${OF_ORDER}`, ORDER, REQUEST],
  ["another id", forOrder(), "ORD01K372G4J4FXZ9HGHZMJMGGPKF", REQUEST],
  ["no id, where one was signed", forOrder(), null, REQUEST],
  ["an id, where none was signed", withoutId, ORDER, REQUEST],
  ["another request id", forOrder(), ORDER, "11111111-2222-4333-8444-555555555556"],
  ["no request id, where one was signed", forOrder(), ORDER, undefined],
  ["a request id, where none was signed", withoutRequest, PAYMENT, REQUEST],
  ["another secret", forOrder({ secret: "somebody-else" }), ORDER, REQUEST],
  ["no secret at all", forOrder({ secret: "" }), ORDER, REQUEST],
  ["an id that smuggles the rest of what is signed", forOrder({ id: "1;request-id:x" }), "1", "x"],
];

describe("signatures of notifications (PA-06)", () => {
  it("has forty vectors and more", () => {
    expect(GOOD.length + BAD.length).toBeGreaterThanOrEqual(40);
  });

  it.each(GOOD)(
    "when it is %s, then it is good, and says when it was signed",
    (_what, xSignature, dataId, xRequestId) => {
      const check = checkSignature({ xSignature, xRequestId, dataId }, SECRETS);
      const ts = Number(/ts=(\d+)/i.exec(xSignature ?? "")?.[1]);
      expect(check).toMatchObject({ isGood: true, signedAt: new Date(ts < 1e11 ? ts * 1_000 : ts) });
    },
  );

  it.each(BAD)("when it is %s, then it is not", (_what, xSignature, dataId, xRequestId) => {
    expect(checkSignature({ xSignature, xRequestId, dataId }, SECRETS).isGood).toBe(false);
  });

  // Which forms are real is an open question (provider §16, 1): the log of each notification tells.
  it.each([
    [{}, { id: "lower", ts: "ms", secret: "present" }],
    [
      { id: ORDER, ts: S },
      { id: "as-is", ts: "s", secret: "present" },
    ],
    [{ secret: BEFORE }, { id: "lower", ts: "ms", secret: "previous" }],
  ])("when it was made with %j, then it says that it came as %j", (made, form) => {
    const parts = { xSignature: forOrder(made), xRequestId: REQUEST, dataId: ORDER };
    expect(checkSignature(parts, SECRETS)).toMatchObject({ isGood: true, form });
  });

  it("when a secret is no longer one of ours, then what it signed is not good", () => {
    const parts = { xSignature: forOrder({ secret: BEFORE }), xRequestId: REQUEST, dataId: ORDER };
    expect(checkSignature(parts, [SECRET])).toEqual({ isGood: false, isSigned: true });
    expect(checkSignature({ ...parts, xSignature: "garbage" }, [SECRET])).toEqual({ isGood: false, isSigned: false });
  });

  // The controls: what the vectors are for is really so.
  it("when the official validator is given the id as it came, then it refuses what the documentation has signed", () => {
    const parts = { xSignature: `ts=${MS},v1=${OF_ORDER}`, xRequestId: REQUEST, secret: SECRET };
    expect(() => WebhookSignatureValidator.validate({ ...parts, dataId: ORDER })).toThrow();
    expect(() => WebhookSignatureValidator.validate({ ...parts, dataId: ORDER.toLowerCase() })).not.toThrow();
    const dated = { ...parts, dataId: ORDER.toLowerCase(), toleranceSeconds: 300, now: () => Number(MS) };
    expect(() => WebhookSignatureValidator.validate(dated)).toThrow();
  });
});
