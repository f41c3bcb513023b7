import { expect, it } from "vitest";
import { staffMfaIsRequired, staffTokenSeconds } from "./config.ts";

it.each([
  ["https://pedidos.exemplo.com.br", undefined, true],
  ["http://localhost:8080", undefined, false],
  ["https://pedidos.exemplo.com.br", "optional", false],
  ["http://localhost:8080", "required", true],
] as const)(
  "when the address is %s and STAFF_MFA %s, then a second factor being required is %s",
  (issuer, said, is) => {
    const settings = { AUTH_ISSUER: issuer, ...(said === undefined ? {} : { STAFF_MFA: said }) };
    expect(staffMfaIsRequired(settings)).toBe(is);
  },
);

// Reliability AU-04; the address plays no part.
it("when nothing is said of it, then tokens of staff live ten minutes, else as long as is said", () => {
  expect(staffTokenSeconds({})).toBe(600);
  for (const seconds of [60, 900, 3600]) expect(staffTokenSeconds({ STAFF_TOKEN_SECONDS: seconds })).toBe(seconds);
});
