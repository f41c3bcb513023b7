import { describeAuthorization, type Guarded, type Someone } from "@comanda/testing/authorization";
import { makeCategory } from "./menu-builders.ts";
import { startOrderingHarness } from "./ordering-harness.ts";
import { listen } from "./streams.ts";

/** Who can have an order of their own. */
const ORDERERS: readonly string[] = ["anonymous", "identified", "registered", "cashier", "device:kiosk"];

describeAuthorization("order", async (): Promise<Guarded> => {
  const harness = await startOrderingHarness();
  const category = await makeCategory(harness);
  const ownOrder = async ({ name, token }: Someone) => {
    const isTheirs = ORDERERS.includes(name);
    return (await harness.placed({}, isTheirs ? { authorization: `Bearer ${token}` } : undefined)).id;
  };
  return {
    url: await listen(harness.service),
    signer: { issuer: harness.issuer.issuer, ...harness.issuer.key, audience: "order" },
    idOf: (name) => (name === "service" ? "payment" : undefined),
    words: {
      category: () => category,
      product: () => harness.productId,
      own_order: ownOrder,
      other_order: async () => (await harness.placed()).id,
    },
    revoke: (_token, tokenId) => harness.issuer.revoke(tokenId),
    close: () => harness.close(),
  };
});
