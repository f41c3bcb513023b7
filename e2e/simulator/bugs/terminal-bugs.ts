import type { ProviderCharge } from "../../../services/payment/src/domain/provider-charge.ts";
import type { PaymentProvider } from "../../../services/payment/src/gateways/payment-provider.ts";
import type { Planted } from "../services/world.ts";

/** Mistakes in how payment understands a card terminal. */
export const TERMINAL_BUGS: readonly Planted[] = [
  {
    name: "asked-is-closed",
    about: "a charge counts as closed once its terminal was asked to give it up (202), before it has answered",
    provider: (provider) => ({
      ...provider,
      cancelCharge: async (charge) => {
        const answer = await provider.cancelCharge(charge);
        return answer.outcome === "done" ? { outcome: "done", value: "closed" } : answer;
      },
    }),
  },
  {
    name: "unclear-is-unpaid",
    about: "`action_required` is taken for a refused card, and nobody asks again whether it was charged after all",
    provider: (provider) =>
      readingAs(provider, (fact) =>
        fact.state === "unclear" ? { ...fact, state: "rejected", detail: "failed" } : fact,
      ),
  },
  {
    name: "tip-in-the-price",
    about: "what a guest paid with a tip is compared with the price, and goes back as a wrong amount",
    provider: (provider, { bank }) =>
      readingAs(provider, (fact) => {
        const payments = bank.find(fact.providerId ?? "")?.payments ?? [];
        const tipCents = payments.find(({ approvedAt }) => approvedAt !== null)?.tipCents ?? 0;
        return fact.amountCents === null ? fact : { ...fact, amountCents: fact.amountCents + tipCents };
      }),
  },
];

function readingAs(provider: PaymentProvider, change: (fact: ProviderCharge) => ProviderCharge): PaymentProvider {
  return {
    ...provider,
    readCharge: async (charge, hint) => {
      const answer = await provider.readCharge(charge, hint);
      return answer.outcome === "done" && answer.value !== null ? { ...answer, value: change(answer.value) } : answer;
    },
  };
}
