import { brandOf, verdictOf } from "../domain/card.ts";
import { allow, type Decision, refuse } from "../domain/decision.ts";
import { centsOfReais } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { Seller } from "../sellers.ts";
import type { World } from "../world.ts";
import { takeCardToken } from "./create-card-token.ts";
import { type CreatePaymentInput, newPayment } from "./create-payment.ts";
import { savePayment } from "./save-charge.ts";

/** Pays with a card token; the holder's name decides the end. With `capture: false` the money is only reserved. */
export const createCardPayment = (
  world: World,
  request: { seller: Seller; input: CreatePaymentInput; tokenId: string },
): Decision<Payment, "bad_amount" | "token_not_found"> => {
  const { seller, input, tokenId } = request;
  const amountCents = centsOfReais(input.transaction_amount);
  if (amountCents === undefined || amountCents <= 0) return refuse("bad_amount");
  const token = takeCardToken(world, { userId: seller.userId, tokenId });
  if (token === undefined) return refuse("token_not_found");
  const { outcome, paymentDetail } = verdictOf(token.card);
  const brand = brandOf(token.card.firstSix);
  const isReserved = input.capture === false && outcome === "approved";
  const base = newPayment(world, { seller, input, amountCents });
  const payment: Payment = {
    ...base,
    ...stateOf({ outcome, paymentDetail, isReserved, isBinary: base.echo.binaryMode }),
    methodId: input.payment_method_id ?? brand.id,
    methodType: brand.type,
    approvedMs: outcome === "approved" && !isReserved ? base.createdMs : null,
    card: token.card,
    installments: input.installments ?? 1,
    isCaptured: !isReserved,
  };
  return allow(savePayment(world, { payment, action: "payment.created" }));
};

const stateOf = (end: {
  outcome: "approved" | "pending" | "rejected";
  paymentDetail: string;
  isReserved: boolean;
  isBinary: boolean;
}): Pick<Payment, "status" | "statusDetail"> => {
  if (end.isReserved) return { status: "authorized", statusDetail: "pending_capture" };
  // Binary mode knows no "maybe".
  if (end.outcome === "pending" && end.isBinary)
    return { status: "rejected", statusDetail: "cc_rejected_other_reason" };
  return { status: end.outcome === "pending" ? "in_process" : end.outcome, statusDetail: end.paymentDetail };
};
