import { ok } from "@comanda/primitives";
import type { Charge } from "../../../services/payment/src/domain/charge.ts";
import { noteProviderFact } from "../../../services/payment/src/domain/provider-facts.ts";
import { changeStored } from "../../../services/payment/src/use-cases/charge-desk.ts";
import type { Planted } from "../services/world.ts";

/** Mistakes in how payment deals with money, its store and the provider. */
export const PAYMENT_BUGS: readonly Planted[] = [
  {
    name: "no-compare-and-swap-payment",
    about: "payment writes what it decided over whatever another process has written meanwhile",
    chargeStore: (store) => ({
      ...store,
      replace: async (charge, expectedVersion) => {
        const version = (await store.get(charge.id))?.version ?? expectedVersion;
        return store.replace({ ...charge, version: version + 1 }, version);
      },
    }),
  },
  {
    name: "no-sweeper",
    about: "payment waits for notices and never asks the provider by itself",
    without: ["checks"],
  },
  {
    name: "no-unique-charge",
    about: "nothing but good luck keeps an attempt from getting two charges",
    chargeStore: (store, world, life) => ({
      ...store,
      insert: async (charge) => {
        const answer = await store.insert(charge);
        if (answer.inserted) return answer;
        const second = { ...charge, id: life.newId() };
        return life.effect("payment.insert-anyway", () => {
          world.watch.onCharge(null, second);
          world.chargeTables.charges.set(second.id, { charge: second });
          return { inserted: true, charge: second };
        });
      },
    }),
  },
  {
    name: "random-key",
    about: "every call to the provider gets a fresh idempotency key, as the official SDK does when left alone",
    keyOf:
      (_house, { sim }) =>
      (kind) =>
        `${kind}-${sim.newId()}`,
  },
  {
    name: "trust-webhook-body",
    about: "a notification with a good signature is believed; the signature does not cover the body",
    notice: async (_world, { desk }, { query, rawBody }) => {
      const body = JSON.parse(rawBody) as { readonly data: { readonly status?: string } }; // made in notices.ts
      const charge = await desk.store.getByProviderId(query["data.id"] ?? "");
      if (charge === null || body.data.status !== "processed") return;
      const fact = {
        providerId: charge.providerId,
        state: "paid",
        reference: charge.id,
        amountCents: charge.amountCents,
        currency: "BRL",
        paymentId: null,
        endToEndId: null,
        paidWith: null,
        detail: null,
        refunds: [],
        strays: [],
        asOf: null,
      } as const;
      await changeStored(desk, { id: charge.id, traceparent: null }, (stored, moment) =>
        ok(noteProviderFact(stored, { fact }, moment)),
      );
    },
  },
  {
    name: "float-money",
    about: "the amount is turned into reais and back with fractions: 19.90 × 100 is 1989.9999999999998",
    provider: (provider) => ({
      ...provider,
      createQrCharge: (charge, seconds) => provider.createQrCharge(inFloats(charge), seconds),
      createLink: (charge) => provider.createLink(inFloats(charge)),
    }),
  },
  {
    name: "cancel-unheard",
    about: "a charge counts as closed once the provider was told so, whatever it answered",
    provider: (provider) => ({
      ...provider,
      cancelCharge: async (charge) => {
        await provider.cancelCharge(charge);
        return { outcome: "done", value: "closed" };
      },
    }),
  },
];

function inFloats(charge: Charge): Charge {
  return { ...charge, amountCents: Math.trunc((charge.amountCents / 100) * 100) };
}
