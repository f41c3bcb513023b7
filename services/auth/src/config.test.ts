import { expect, it } from "vitest";
import { staffMfaIsRequired } from "./config.ts";

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
