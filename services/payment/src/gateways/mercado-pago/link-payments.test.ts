import { expect, it } from "vitest";
import { aCharge, aFact, momentAt } from "../../../test/builders.ts";
import { noteProviderFact } from "../../domain/provider-facts.ts";
import { withDispute } from "./link-payments.ts";

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
