import { expect, it } from "vitest";
import { aCharge, aFact, momentAt } from "../../../test/builders.ts";
import { noteProviderFact } from "../../domain/provider-facts.ts";
import { factFromPayments, withDispute } from "./link-payments.ts";

// The order behind a QR shows nothing of a dispute, not even a newer date: only the payment's own date tells.
it("when a dispute about a QR was won, then the charge is as it was", () => {
  const order = { asOf: new Date("2026-01-15T12:00:00.000Z") };
  const paymentAt = (status: string, minute: number) => ({
    id: "1",
    status,
    transaction_amount: 100,
    date_last_updated: `2026-01-15T12:0${minute}:00.000Z`,
  });
  const pending = aCharge();
  const paid = noteProviderFact(pending, { fact: aFact(pending, order) }, momentAt(1)).charge;
  const disputed = withDispute(aFact(paid, order), paymentAt("in_mediation", 1));
  const fought = noteProviderFact(paid, { fact: disputed }, momentAt(2)).charge;
  expect(fought.status).toBe("in_dispute");
  const won = withDispute(aFact(fought, order), paymentAt("approved", 2));
  expect(noteProviderFact(fought, { fact: won }, momentAt(3)).charge.status).toBe("approved");
});

// Its payment was read while the guest was still paying, and so was known already when it came with a wrong amount.
it("when a payment that was seen to be begun brings a wrong amount, then it goes back and the link still waits", () => {
  const waiting = aCharge({ method: "link", providerPaymentId: "7" });
  const wrong = {
    id: "7",
    status: "approved",
    external_reference: waiting.id,
    transaction_amount: 105,
    currency_id: "BRL",
    date_approved: "2026-01-15T12:00:00.000Z",
    date_last_updated: "2026-01-15T12:00:00.000Z",
  };
  const seen = noteProviderFact(waiting, { fact: factFromPayments(waiting, [wrong]) }, momentAt(1)).charge;
  expect(seen).toMatchObject({ status: "pending", approvedAt: null });
  expect(seen.refunds).toMatchObject([{ strayPaymentId: "7", amountCents: 10_500, status: "requested" }]);
  const right = { ...wrong, id: "8", transaction_amount: 100, date_approved: "2026-01-15T12:01:00.000Z" };
  const paid = noteProviderFact(seen, { fact: factFromPayments(seen, [wrong, right]) }, momentAt(2)).charge;
  expect(paid).toMatchObject({ status: "approved", providerPaymentId: "8" });
  expect(paid.refunds).toHaveLength(1);
});
