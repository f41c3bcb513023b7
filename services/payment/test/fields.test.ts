import { newId } from "@comanda/primitives";
import { CALLERS } from "@comanda/testing/callers";
import { describeFields } from "@comanda/testing/fields";
import type { TokenOptions } from "@comanda/testing/tokens";
import { afterAll, beforeAll } from "vitest";
import { ChargeSchema } from "../src/http/charge-schema.ts";
import { type Harness, startHarness } from "./harness.ts";
import { setUpTerminal } from "./terminal-harness.ts";

let harness: Harness;
/** Whose charges they are, as a guest or as a totem. */
const subject = newId();
const charges: string[] = [];
beforeAll(async () => {
  harness = await startHarness({ isProviderTampered: true });
  // The sandbox says it of online orders only, the provider of whatever was paid by Pix.
  harness.proxy.tamper((_call, { body }) =>
    JSON.parse(JSON.stringify(body).replaceAll('"payment_method":{', '"payment_method":{"e2e_id":"E60701190ABC",')),
  );
  const terminal = await setUpTerminal(harness);
  const own = { customer_id: subject };
  // Together they fill every field: one to scan, one to click, one at a terminal, one that is paid.
  const made = [
    await harness.request(own),
    await harness.request({ ...own, method: "link" }),
    await terminal.request(own),
    await harness.request(own),
  ];
  const paid = made[3];
  await harness.pay({ qr_code: paid.qr_code });
  await harness.becomes(paid.id, "approved");
  charges.push(...made.map(({ id }) => id));
});
afterAll(() => harness.close());

describeFields({ name: "charge", schema: ChargeSchema }, async (caller) => {
  const token: TokenOptions = { role: "customer", ...CALLERS[caller], subject };
  const authorization = `Bearer ${await harness.issuer.token(token)}`;
  const answers = await Promise.all(
    charges.map((id) => harness.service.app.inject({ url: `/payments/${id}`, headers: { authorization } })),
  );
  return answers.filter(({ statusCode }) => statusCode === 200).map((answer) => answer.json());
});
