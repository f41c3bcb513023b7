import { newId } from "@comanda/primitives";
import { CALLERS } from "@comanda/testing/callers";
import { describeFields } from "@comanda/testing/fields";
import type { TokenOptions } from "@comanda/testing/tokens";
import { afterAll, beforeAll } from "vitest";
import { type Harness, startHarness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ isBackgroundOn: false });
});
afterAll(() => harness.close());

describeFields("charge", async (caller) => {
  const subject = newId();
  const token: TokenOptions = { role: "customer", ...CALLERS[caller], subject };
  const authorization = `Bearer ${await harness.issuer.token(token)}`;
  const seen: unknown[] = [];
  for (const method of ["qr", "link"]) {
    const { id } = await harness.request({ method, customer_id: subject });
    const answer = await harness.service.app.inject({ url: `/payments/${id}`, headers: { authorization } });
    if (answer.statusCode === 200) seen.push(answer.json());
  }
  return seen;
});
