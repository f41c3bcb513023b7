import { expect, it } from "vitest";
import { unpaidOrdersMax } from "./config.ts";

it.each([
  ["https://lanchonete.example", undefined, 5],
  ["http://localhost:8080", undefined, null],
  ["https://lanchonete.example", 0, null],
  ["http://localhost:8080", 3, 3],
])("when the address is %s and UNPAID_ORDERS_MAX %s, then a guest may have %s unpaid orders", (issuer, said, max) => {
  const config = { AUTH_ISSUER: issuer, ...(said === undefined ? {} : { UNPAID_ORDERS_MAX: said }) };
  expect(unpaidOrdersMax(config)).toBe(max);
});
