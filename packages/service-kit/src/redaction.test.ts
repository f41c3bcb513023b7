import { describe, expect, it } from "vitest";
import { harmlessParts } from "./redaction.ts";
import { requestIdFrom } from "./tracing.ts";

describe("what a refusal repeats of a request", () => {
  it.each([
    "/customers/0192f1c8-6a4e-7c11-9b52-0f6f2f1d0a10",
    "/.well-known/oauth-authorization-server",
    "/items/0/slots/12",
    "/orders/1234567",
  ])("when it is %s, then all of it", (path) => expect(harmlessParts(path)).toBe(path));

  it.each([
    "52998224725",
    "529.982.247-25",
    "rosa@exemplo.com.br",
    "rosa%40exemplo.com.br",
    "%35%32998224725",
    "%2B5511987650192",
    "5031433215406351",
    "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
  ])("when a part is %s, then not that part", (part) =>
    expect(harmlessParts(`/customers/${part}/export`)).toBe("/customers/redacted/export"),
  );

  it.each(["52998224725", "5031433215406351", "guest-529.982.247-25"])(
    "when the request's id is %s, then it gets another",
    (id) => expect(requestIdFrom(id, () => "ours")).toBe("ours"),
  );
});
