import { newId } from "@comanda/primitives";
import { describeAuthorization, type Guarded } from "@comanda/testing/authorization";
import { startHarness } from "./harness.ts";

describeAuthorization("payment", async (): Promise<Guarded> => {
  const harness = await startHarness({ isBackgroundOn: false });
  const charge = async (customerId: string) =>
    (await harness.request({ method: "counter", customer_id: customerId })).id;
  return {
    url: `http://127.0.0.1:${harness.config.PAYMENT_PORT}`,
    signer: { issuer: harness.issuer.issuer, ...harness.issuer.key, audience: "payment" },
    idOf: (name) => (name === "service" ? "order" : undefined),
    words: {
      own_charge: ({ name, id }) => charge(name === "service" ? newId() : id),
      other_charge: () => charge(newId()),
    },
    revoke: (_token, tokenId) => harness.issuer.revoke(tokenId),
    close: () => harness.close(),
  };
});
