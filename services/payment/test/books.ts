import { makeTurns, newId, systemClock } from "@comanda/primitives";
import type { Charge } from "../src/domain/charge.ts";
import { missingEntries } from "../src/domain/ledger.ts";
import { makeMercadoPago } from "../src/gateways/mercado-pago/mercado-pago.ts";
import type { ReconciliationDesk } from "../src/use-cases/reconcile-day.ts";
import { aCharge, NOON } from "./builders.ts";
import { ACCESS_TOKEN, type Harness } from "./harness.ts";

/**
 * Both books, to be written by hand: ours as it stands in the store, the provider's by paying at the sandbox.
 *
 * @param pace waited for before each question to the provider
 */
export function openBooks(harness: Harness, pace?: () => Promise<void>) {
  const provider = makeMercadoPago({
    accessToken: ACCESS_TOKEN,
    externalPosId: "COMANDA01",
    publicUrl: null,
    baseUrl: harness.config.MERCADOPAGO_BASE_URL ?? null,
    ...(pace === undefined ? {} : { pace }),
  });
  const desk: ReconciliationDesk = {
    store: harness.store,
    provider,
    clock: systemClock,
    newId,
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    qrLivesSeconds: 300,
    turns: makeTurns(),
    pause: async () => {},
    wakeRelay: () => {},
    wakeChecks: () => {},
  };

  /** A charge that the provider made, waiting for money there. */
  async function open(difference: Partial<Charge> = {}): Promise<Charge> {
    const charge = aCharge({ providerId: null, ...difference });
    // There it can still be paid; in our book its time is over long ago, so that nothing of it is young.
    const soon = { ...charge, expiresAt: new Date(Date.now() + 900_000) };
    const made = charge.method === "link" ? await provider.createLink(soon) : await provider.createQrCharge(soon, 300);
    if (made.outcome !== "done") throw new Error(`the provider made no charge: ${JSON.stringify(made)}`);
    const { providerId, paymentId, qrCode, paymentLink } = made.value;
    return { ...charge, providerId, providerPaymentId: paymentId, qrCode, paymentLink };
  }

  /** Pays a charge at the provider; our book does not hear of it. */
  async function pay(charge: Charge): Promise<Charge> {
    const { qrCode, paymentLink } = charge;
    const { status, body } = await harness.pay({
      ...(qrCode === null ? {} : { qr_code: qrCode }),
      ...(paymentLink === null ? {} : { payment_link: paymentLink }),
    });
    if (status !== 200) throw new Error(`the charge was not paid: ${JSON.stringify(body)}`);
    return charge.method === "link" ? { ...charge, providerPaymentId: String(body["payment_id"]) } : charge;
  }

  return {
    desk,
    open,
    pay,
    /** Money at the provider that bears a reference of somebody's. */
    payForeign: async (reference: string | null, reais = 12.5): Promise<string> => {
      const response = await fetch(`${harness.sandbox.url}/v1/payments`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${ACCESS_TOKEN}`,
          "x-idempotency-key": newId(),
        },
        body: JSON.stringify({
          transaction_amount: reais,
          payment_method_id: "pix",
          payer: { email: "guest@testuser.com" },
          ...(reference === null ? {} : { external_reference: reference }),
        }),
      });
      const payment = (await response.json()) as {
        id: number;
        point_of_interaction: { transaction_data: { qr_code: string } };
      }; // the sandbox's own answer
      await harness.pay({ qr_code: payment.point_of_interaction.transaction_data.qr_code });
      return String(payment.id);
    },
    /** Writes a charge into our book. */
    enter: async (charge: Charge): Promise<Charge> => {
      const { inserted } = await harness.store.insert(charge);
      if (!inserted) throw new Error("the charge is there already");
      return charge;
    },
  };
}

/** The charge as our book shows it once its money came. */
export function believedPaid(charge: Charge, difference: Partial<Charge> = {}): Charge {
  const paid: Charge = {
    ...charge,
    status: "approved",
    approvedAt: NOON,
    qrCode: null,
    nextCheckAt: null,
    ...difference,
  };
  return { ...paid, ledger: missingEntries(paid, NOON) };
}

/** The charge as our book shows it once it was given up. */
export function closed(charge: Charge, status: Charge["status"] = "expired"): Charge {
  return { ...charge, status, nextCheckAt: null };
}
