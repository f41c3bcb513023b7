import { describe, expect, it } from "vitest";
import { base32, findTotpStep, newTotpSecret, totpCode, totpStep, totpUri } from "./totp.ts";

const secret = Buffer.from("12345678901234567890", "ascii");

describe("one-time codes", () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("when it is second %i, then the code is that of the standard", (second, code) => {
    expect(totpCode(secret, totpStep(new Date(second * 1000)))).toBe(code);
  });

  it("when a clock is half a minute off, then its code is good, and that of a whole minute is not", () => {
    const now = new Date("2026-11-22T12:00:10Z");
    const step = totpStep(now);
    for (const off of [-1, 0, 1]) expect(findTotpStep(secret, totpCode(secret, step + off), now)).toBe(step + off);
    for (const off of [-2, 2]) expect(findTotpStep(secret, totpCode(secret, step + off), now)).toBeNull();
  });

  it.each(["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "12 345"])(
    "when it is %j, then it is no code",
    (text) => {
      expect(findTotpStep(secret, text, new Date())).toBeNull();
    },
  );

  it("when a secret is made, then it is 160 bits, and an app can read it", () => {
    const fresh = newTotpSecret();
    expect(fresh).toHaveLength(20);
    expect(base32(secret)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    const uri = new URL(totpUri(secret, { issuer: "Bar do Zé", account: "rita@exemplo.com.br" }));
    expect(uri.protocol).toBe("otpauth:");
    expect(uri.searchParams.get("secret")).toBe(base32(secret));
    expect(uri.searchParams.get("issuer")).toBe("Bar do Zé");
    expect(decodeURIComponent(uri.pathname)).toContain("Bar do Zé:rita@exemplo.com.br");
  });
});
